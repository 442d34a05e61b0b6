import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../src/plan/build.ts';
import { EXAMPLE } from './example.ts';
import { ESSENTIAL, load } from './writeFile.ts';

const planOf = async (content: string) => buildPlan((await load(content)).config, { version: 'v2', folder: '/srv/shop' });

/** The essential file with all that has no default, as the manual shows it, and nothing else. */
const WITHOUT_DEFAULTS = `service: shop
router: { type: local }
environment: { type: local, command: [node, app.js], ports: { blue: 9101, green: 9102 }, env: { LOG_LEVEL: info } }
identity: { path: /version, json: version }
smokeTests:
  - { name: health, path: /health }
  - { name: users, path: /api/users/test-user, expect: { status: 200, json: { id: test-user } } }
warmup: {}
switch: { window: { days: [mon, tue, wed, thu], from: "02:00", to: "06:00", timezone: Europe/London } }
monitor: { checks: [ { name: error-rate, source: { type: router }, max: 0.05 } ] }
notify: [ { type: webhook, url: "\${env:DEPLOY_HOOK}" } ]
`;

describe('defaults', () => {
  it('are the values that the manual shows: a file that leaves them out is the same deployment', async () => {
    expect(await planOf(WITHOUT_DEFAULTS)).toEqual(await planOf(EXAMPLE));
  });

  it('are all in the plan of the manual’s example, durations in milliseconds', async () => {
    expect(await planOf(EXAMPLE)).toEqual({
      planVersion: 1,
      semantics: 2,
      service: 'shop',
      version: 'v2',
      folder: '/srv/shop',
      concurrency: 'reject',
      router: expect.objectContaining({
        type: 'local',
        options: expect.objectContaining({ listen: '127.0.0.1:8080' }),
        switchTimeoutMs: 30_000,
      }),
      environment: {
        type: 'local',
        deployTimeoutMs: expect.any(Number),
        options: expect.objectContaining({
          command: ['node', 'app.js'],
          ports: { blue: 9101, green: 9102 },
          env: { LOG_LEVEL: 'info' },
          readiness: { path: '/ready', timeout: 30_000 },
        }),
      },
      endpoints: { blue: 'http://127.0.0.1:9101', green: 'http://127.0.0.1:9102', preview: null },
      identity: { path: '/version', json: 'version' },
      smokeTests: [
        {
          name: 'health',
          path: '/health',
          method: 'GET',
          headers: {},
          body: null,
          expect: { status: null, json: null, text: null },
          timeoutMs: 5000,
          retries: 0,
        },
        {
          name: 'users',
          path: '/api/users/test-user',
          method: 'GET',
          headers: {},
          body: null,
          expect: { status: 200, json: { id: 'test-user' }, text: null },
          timeoutMs: 5000,
          retries: 0,
        },
      ],
      warmup: { path: '/', requests: 200, concurrency: 10 },
      approval: { required: false, timeoutMs: 3_600_000, onTimeout: 'reject' },
      switch: {
        window: { days: ['mon', 'tue', 'wed', 'thu'], from: '02:00', to: '06:00', timezone: 'Europe/London' },
        confirm: { url: 'http://127.0.0.1:8080', consecutive: 5, timeoutMs: 30_000 },
        drainMs: 30_000,
      },
      monitor: {
        durationMs: 600_000,
        intervalMs: 60_000,
        checks: [
          {
            name: 'error-rate',
            source: { type: 'router', options: expect.any(Object) },
            max: 0.05,
            min: null,
            failureLimit: 0,
            noData: 'ignore',
            minSamples: 0,
          },
        ],
      },
      retention: { durationMs: 86_400_000, capacity: 1, then: 'remove' },
      notify: [{ type: 'webhook', options: expect.objectContaining({ url: '${env:DEPLOY_HOOK}' }) }],
    });
  });

  it('leave out what has none: three keys are a whole service file', async () => {
    const plan = await planOf(ESSENTIAL);
    expect(plan).toMatchObject({ identity: null, smokeTests: [], warmup: null, notify: [] });
    expect(plan.switch.window).toBeNull();
    expect(plan.monitor.checks).toEqual([]);
    expect(plan.environment.options.env).toEqual({});
  });
});

describe('what a user may rely on when writing values', () => {
  it('a secret stays a placeholder in the plan, which enters a history', async () => {
    expect(JSON.stringify(await planOf(EXAMPLE))).toContain('${env:DEPLOY_HOOK}');
  });

  it('the plan survives JSON: nothing in it is lost on the way to the workflow', async () => {
    const plan = await planOf(EXAMPLE);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('numbers and booleans in env and headers are the text that was written', async () => {
    const plan = await planOf(
      `${ESSENTIAL}  env: { PORT: 8080, RELEASE: 1.10, DEBUG: true, MODE: 0755 }\nsmokeTests: [ { name: a, path: /, headers: { x-count: 1.0 } } ]\n`,
    );
    expect(plan.environment.options.env).toEqual({ PORT: '8080', RELEASE: '1.10', DEBUG: 'true', MODE: '0755' });
    expect(plan.smokeTests[0]?.headers).toEqual({ 'x-count': '1.0' });
  });

  it('the JSON that an answer has to contain keeps its numbers, also under a key called env', async () => {
    const plan = await planOf(`${ESSENTIAL}smokeTests: [ { name: a, path: /, expect: { json: { env: { count: 1 } } } } ]\n`);
    expect(plan.smokeTests[0]?.expect.json).toEqual({ env: { count: 1 } });
  });

  it('a mapping as body is sent as JSON, with POST', async () => {
    const plan = await planOf(`${ESSENTIAL}smokeTests: [ { name: a, path: /, body: { id: 1 } } ]\n`);
    expect(plan.smokeTests[0]).toMatchObject({ method: 'POST', body: '{"id":1}', headers: { 'content-type': 'application/json' } });
  });

  it('a content type of the user’s own is not replaced', async () => {
    const own = '{ name: a, path: /, method: put, body: { id: 1 }, headers: { Content-Type: application/vnd.shop+json } }';
    const plan = await planOf(`${ESSENTIAL}smokeTests: [ ${own} ]\n`);
    expect(plan.smokeTests[0]).toMatchObject({ method: 'PUT', headers: { 'Content-Type': 'application/vnd.shop+json' } });
    expect(Object.keys(plan.smokeTests[0]!.headers)).toHaveLength(1);
  });

  it('a version in a header needs no path', async () => {
    expect((await planOf(`${ESSENTIAL}identity: { header: x-version }\n`)).identity).toEqual({ path: '/', header: 'x-version' });
  });

  it('false turns confirm off, and a local router confirms at its own address without being asked', async () => {
    expect((await planOf(`${ESSENTIAL}switch: { confirm: false }\n`)).switch.confirm).toBeNull();
    const { confirm } = (await planOf(ESSENTIAL)).switch;
    expect(confirm).toEqual({ url: 'http://127.0.0.1:8080', consecutive: 5, timeoutMs: 30_000 });
  });

  it('zero is allowed where it means none: no monitoring, no retention, no drain', async () => {
    const plan = await planOf(`${ESSENTIAL}monitor: { duration: 0s }\nretention: { duration: 0s }\nswitch: { drain: { timeout: 0s } }\n`);
    expect([plan.monitor.durationMs, plan.retention.durationMs, plan.switch.drainMs]).toEqual([0, 0, 0]);
  });

  it('a window shorter than the default interval is sampled at its end', async () => {
    expect((await planOf(`${ESSENTIAL}monitor: { duration: 20s }\n`)).monitor).toMatchObject({ durationMs: 20_000, intervalMs: 20_000 });
  });

  it('a window without days is open on all of them, in UTC', async () => {
    const plan = await planOf(`${ESSENTIAL}switch: { window: { from: "22:00", to: "02:00" } }\n`);
    expect(plan.switch.window).toMatchObject({ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], timezone: 'UTC' });
  });

  it('aliases, merge keys, a byte order mark and Windows line ends are ordinary YAML', async () => {
    const shared = `${ESSENTIAL}smokeTests:\n  - &base { name: a, path: /a, timeout: 1s }\n  - { <<: *base, name: b }\n`;
    const plan = await planOf(`\uFEFF${shared.replaceAll('\n', '\r\n')}`);
    expect(plan.smokeTests[1]).toMatchObject({ name: 'b', path: '/a', timeoutMs: 1000 });
  });
});

describe('warnings', () => {
  it('name what is not proven without identity, smoke tests and checks, and nothing when all are there', async () => {
    const said = (await load(ESSENTIAL)).warnings.map((warning) => warning.split(' ')[0]);
    expect(said).toEqual(['identity', 'smokeTests', 'monitor.checks']);
    expect((await load(EXAMPLE)).warnings).toEqual([]);
  });
});
