import { describe, expect, it } from 'vitest';
import { environments, metricSources, routers } from '../../src/providers/registry.ts';
import { ESSENTIAL, faultsOf } from './writeFile.ts';

const typesOf = (known: readonly { type: string }[]): string => known.map(({ type }) => type).join(', ');

/** What is written from line 8 on, after the essential keys, and the whole error. */
const ADDED: [claim: string, added: string, error: string[]][] = [
  [
    'a check’s bound that is text',
    'monitor:\n  checks:\n    - name: errors\n      source: { type: router }\n      max: "5%"\n',
    ['cutover.yaml:12: monitor.checks[0].max: expected a number, found "5%"'],
  ],
  ['a misspelt key', 'montor: {}\n', ['cutover.yaml:8: montor: unknown key (did you mean monitor?)']],
  [
    'misspelt keys of a section, each on its line',
    'retention:\n  duraton: 1h\n  capacty: 1\n',
    [
      'cutover.yaml:9: retention.duraton: unknown key (did you mean duration?)',
      'cutover.yaml:10: retention.capacty: unknown key (did you mean capacity?)',
    ],
  ],
  [
    'a key like no other',
    'approval: { xyzzy: 1 }\n',
    ['cutover.yaml:8: approval.xyzzy: unknown key (known keys are required, timeout, onTimeout)'],
  ],
  ['hooks', 'hooks: {}\n', ['cutover.yaml:8: hooks: reserved for a later version: it cannot be used yet']],
  [
    'a bad duration',
    'monitor: { duration: 5 minutes }\n',
    ['cutover.yaml:8: monitor.duration: a duration is written 500ms, 30s, 10m or 24h, found "5 minutes"'],
  ],
  ['an interval of zero', 'monitor: { interval: 0s }\n', ['cutover.yaml:8: monitor.interval: must be longer than zero']],
  [
    'an interval that no sample fits in',
    'monitor:\n  duration: 30s\n  interval: 1m\n',
    ['cutover.yaml:10: monitor.interval: 1m is longer than monitor.duration (30s): no sample would be taken'],
  ],
  [
    'more samples than the window can have',
    'monitor: { duration: 5m, checks: [ { name: a, source: { type: router }, max: 1, minSamples: 6 } ] }\n',
    ['cutover.yaml:8: monitor.checks[0].minSamples: 6 is more than the window can have: 5 samples'],
  ],
  [
    'more samples than anybody reads',
    'monitor: { duration: 24h, interval: 1ms }\n',
    ['cutover.yaml:8: monitor.interval: 1ms makes 86400000 samples of 24h, and at most 100000 are taken'],
  ],
  [
    'a check without a bound',
    'monitor: { checks: [ { name: a, source: { type: router } } ] }\n',
    ['cutover.yaml:8: monitor.checks[0]: needs a bound: max, min or both'],
  ],
  [
    'a source that nobody knows',
    'monitor: { checks: [ { name: a, source: { type: rotuer }, max: 1 } ] }\n',
    [`cutover.yaml:8: monitor.checks[0].source.type: expected one of ${typesOf(metricSources)}; found "rotuer" (did you mean router?)`],
  ],
  [
    'two smoke tests of one name',
    'smokeTests:\n  - { name: a, path: /a }\n  - { name: a, path: /b }\n',
    ['cutover.yaml:10: smokeTests[1].name: another entry has the name "a": names are unique'],
  ],
  [
    'a smoke test’s path that is an address',
    'smokeTests: [ { name: a, path: http://127.0.0.1/ } ]\n',
    ['cutover.yaml:8: smokeTests[0].path: expected a path that starts with / and has no spaces, found "http://127.0.0.1/"'],
  ],
  [
    'a GET with a body',
    'smokeTests: [ { name: a, path: /, method: GET, body: x } ]\n',
    ['cutover.yaml:8: smokeTests[0].body: a request with the method GET or HEAD has no body'],
  ],
  [
    'a list as a body',
    'smokeTests: [ { name: a, path: /, body: [ 1 ] } ]\n',
    ['cutover.yaml:8: smokeTests[0].body: expected text or a mapping, found a list'],
  ],
  [
    'yes, which is text in YAML 1.2',
    'approval: { required: yes }\n',
    ['cutover.yaml:8: approval.required: expected true or false, found "yes"'],
  ],
  ['an empty section', 'endpoints:\n', ['cutover.yaml:8: endpoints: expected a mapping, found nothing']],
  ['one endpoint of two', 'endpoints: { blue: http://10.0.0.1 }\n', ['cutover.yaml:8: endpoints: needs both blue and green, or preview']],
  [
    'an endpoint of another scheme',
    'endpoints: { blue: ftp://a, green: http://b }\n',
    ['cutover.yaml:8: endpoints.blue: expected an address that starts with http:// or https://, found "ftp://a"'],
  ],
  [
    'the same endpoint twice',
    'endpoints: { blue: http://a, green: http://a }\n',
    ['cutover.yaml:8: endpoints.green: the same address as blue: the colors could not be told apart'],
  ],
  [
    'an identity that says nothing',
    'identity: { path: /version }\n',
    ['cutover.yaml:8: identity: needs json (a field of the answer) or header: where is the version?'],
  ],
  [
    'a switch window that is never open, and a confirm of no answers',
    'switch:\n  window: { from: 02:00, to: 02:00 }\n  confirm: { consecutive: 0 }\n',
    [
      'cutover.yaml:9: switch.window.to: the same time as from: the window would never be open',
      'cutover.yaml:10: switch.confirm.consecutive: expected at least 1, found 0',
    ],
  ],
  [
    'a switch window of a day and a zone that do not exist',
    'switch: { window: { days: [ monday ], from: "2:00", to: "06:00", timezone: Europe/Londn } }\n',
    [
      'cutover.yaml:8: switch.window.days[0]: expected one of mon, tue, wed, thu, fri, sat, sun; found "monday"',
      'cutover.yaml:8: switch.window.from: expected a time of day such as "02:00", found "2:00"',
      'cutover.yaml:8: switch.window.timezone: expected a time zone such as Europe/London; found "Europe/Londn" (did you mean Europe/London?)',
    ],
  ],
  ['confirm: true', 'switch: { confirm: true }\n', ['cutover.yaml:8: switch.confirm: expected false or a mapping, found true']],
  ['a capacity of zero', 'retention: { capacity: 0 }\n', ['cutover.yaml:8: retention.capacity: expected at least 1, found 0']],
  ['a capacity in words', 'retention: { capacity: all }\n', ['cutover.yaml:8: retention.capacity: expected a number or keep, found "all"']],
  [
    'a broken placeholder',
    'notify: [ { type: webhook, url: "${env:DEPLOY HOOK}" } ]\n',
    ['cutover.yaml:8: notify[0].url: a placeholder of the environment is written ${env:NAME}, with letters, digits and _ in the name'],
  ],
  ['a mapping where a list belongs', 'notify: { type: webhook }\n', ['cutover.yaml:8: notify: expected a list, found a mapping']],
  ['not a number', 'warmup: { requests: .nan }\n', ['cutover.yaml:8: warmup.requests: expected a number, found NaN']],
  ['half a request', 'warmup: { requests: 1.5 }\n', ['cutover.yaml:8: warmup.requests: expected a whole number, found 1.5']],
  ['a tab', 'monitor:\n\tduration: 1m\n', ['cutover.yaml:9: a tab as indentation: YAML wants spaces']],
  [
    'a tab in the midst of a mapping',
    'monitor:\n  duration: 1m\n\tinterval: 1s\n  checks: []\n',
    ['cutover.yaml:10: a tab as indentation: YAML wants spaces'],
  ],
  ['the same key twice', 'service: again\n', ['cutover.yaml:8: service: the same key twice']],
  ['a second document', '---\nservice: other\n', ['cutover.yaml:8: a second document: one file describes one service']],
  [
    'an unknown tag',
    'approval: !secret { required: true }\n',
    ['cutover.yaml:8: the tag !secret is not known here: write the plain value'],
  ],
  ['an alias of nothing', 'approval: *common\n', ['cutover.yaml:8: no anchor of this name before the alias *common']],
  ['a list as a key', '? [ a ]\n: b\n', ['cutover.yaml:8: a key must be text']],
  ['a number as a key', 'approval: { 1: x }\n', ['cutover.yaml:8: approval["1"]: a key must be text: write "1" in quotes']],
  ['__proto__', '__proto__: { service: x }\n', ['cutover.yaml:8: __proto__: not allowed as a key']],
  [
    'an open bracket',
    'smokeTests: [ a\n',
    ['cutover.yaml:9: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
];

const WHOLE: [claim: string, content: string, error: string[]][] = [
  ['nothing', '', ["cutover.yaml: empty: 'cutover init' writes a service file to start from"]],
  ['only a comment', '# later\n', ["cutover.yaml: empty: 'cutover init' writes a service file to start from"]],
  ['prose', 'a service file\n', ['cutover.yaml:1: expected a mapping, found "a service file"']],
  ['a list', '- service: shop\n', ['cutover.yaml:1: expected a mapping, found a list']],
  [
    'a name only',
    'service: shop\n',
    ['cutover.yaml:1: router: missing; expected a mapping', 'cutover.yaml:1: environment: missing; expected a mapping'],
  ],
  [
    'providers that nobody knows',
    'service: shop\nrouter: { type: lcoal }\nenvironment: { command: [ a ] }\n',
    [
      `cutover.yaml:2: router.type: expected one of ${typesOf(routers)}; found "lcoal" (did you mean local?)`,
      `cutover.yaml:3: environment.type: missing; expected one of ${typesOf(environments)}`,
    ],
  ],
  [
    'a number for a name, a shell line for a command, equal ports',
    'service: 12\nrouter: { type: local }\nenvironment:\n  type: local\n  command: node app.js\n  ports: { blue: 9101, green: 9101 }\n',
    [
      'cutover.yaml:1: service: expected text, found 12 (write it in quotes: "12")',
      'cutover.yaml:5: environment.command: expected a list, found "node app.js"',
      'cutover.yaml:6: environment.ports: blue and green need ports of their own',
    ],
  ],
  [
    'a router on the port of a color',
    ESSENTIAL.replace('type: local\nenv', 'type: local\n  listen: 0.0.0.0:9102\nenv'),
    ['cutover.yaml:2: router: listens at http://127.0.0.1:9102, which is the address of green: each needs a port of its own'],
  ],
  [
    'what only fits a local router, beside a mistake in another section',
    `service: Shop
router: { type: command, read: [ ./read ], write: [ ./write ] }
environment: { type: command, deploy: [ ./up ], describe: [ ./ps ], remove: [ ./rm ] }
smokeTests: [ { name: a, path: / } ]
monitor: { checks: [ { name: a, source: { type: router }, max: 1 } ] }
switch: { confirm: {} }
`,
    [
      'cutover.yaml:1: service: expected a name of 1 to 40 lower-case letters, digits and -, which does not begin with -, found "Shop"',
      'cutover.yaml:4: smokeTests: needs to know where each color answers: add endpoints with blue and green, or with preview (an environment of type command does not know)',
      'cutover.yaml:5: monitor.checks[0].source.type: router works only with a router of type local, and this one is command',
      "cutover.yaml:6: switch.confirm.url: missing; expected the users' own address (a router of type command does not know it)",
    ],
  ],
];

describe('a service file is refused, with the line, the path, what was found and what is allowed, for', () => {
  it.each(ADDED)('%s', async (_, added, error) => {
    expect(await faultsOf(ESSENTIAL + added)).toEqual(error);
  });

  it.each(WHOLE)('%s', async (_, content, error) => {
    expect(await faultsOf(content)).toEqual(error);
  });

  it('yes, also where the file asks for YAML 1.1', async () => {
    expect(await faultsOf(`%YAML 1.1\n---\n${ESSENTIAL}approval: { required: yes }\n`)).toEqual([
      'cutover.yaml:10: approval.required: expected true or false, found "yes"',
    ]);
  });
});
