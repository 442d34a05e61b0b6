import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ESSENTIAL, faultsOf } from './writeFile.ts';

const MEGABYTE = 1_000_000;
const fill = (unit: string): string => unit.repeat(Math.floor(MEGABYTE / unit.length));

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat('bcdefghi'.split('').map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`))
  .join('\n');

/** Nested by indentation alone, as deep as a megabyte can be. */
const staircase = (unit: string): string => {
  let text = '';
  for (let depth = 0; text.length < MEGABYTE; depth++) text += `${' '.repeat(depth)}${unit}\n`;
  return text.slice(0, MEGABYTE);
};

describe('a file made to do harm', () => {
  // The test's own time limit is the claim: the naive way takes minutes for these, or all memory.
  it.each([
    ['an anchor bomb', BOMB, /aliases that multiply the file/],
    [
      'an alias of itself',
      `${ESSENTIAL}smokeTests: [ { name: a, path: /, expect: { json: &a [ *a ] } } ]`,
      /an alias of what it is itself in/,
    ],
    ['a thousand aliases', `service: &a shop\nx: [${'*a, '.repeat(1000)}]`, /more than 100 aliases/],
    ['a megabyte of aliases', `service: &a shop\nx: [${'*a, '.repeat(200_000)}]`, /the file is too long/],
    ['a megabyte of open brackets', fill('['), /nested more than 64 levels deep/],
    ['a megabyte of open braces', fill('{a: '), /nested more than 64 levels deep/],
    ['a megabyte of dashes', fill('- '), /nested more than 64 levels deep/],
    ['a staircase of dashes', staircase('-'), /:65: nested more than 64 levels deep/],
    ['a staircase of keys', staircase('a:'), /:65: nested more than 64 levels deep/],
    ['a staircase of question marks', staircase('?'), /:65: nested more than 64 levels deep/],
    ['ten thousand keys', Array.from({ length: 10_000 }, (_, key) => `k${key}:`).join('\n'), /and 9\d+ more$/],
    ['ten thousand times the same key', 'a:\n'.repeat(10_000), /:10000: a: the same key twice/],
    ['a megabyte of keys', fill('a:\n'), /the file is too long/],
    ['a megabyte of quotes', fill('"'), /the file is too long/],
    ['a megabyte of tags', fill('! \n'), /the file is too long/],
  ])('%s is refused, soon and in few words', async (_, content, error) => {
    const lines = await faultsOf(content);
    expect(lines.join('\n')).toMatch(error);
    expect(lines.length).toBeLessThanOrEqual(51);
  });

  it('text of any kind is either taken or refused with a ConfigError', async () => {
    const token = fc.constantFrom(
      ...['service', ': ', '\n', '\n  ', '- ', '[', ']', '{', '}', ', ', '&a ', '*a', '<<: ', '!!int ', '? ', '|\n', '>-\n', '"', "'", '#'],
      ...[
        '%YAML 1.1\n',
        '---\n',
        '...\n',
        'monitor',
        'checks',
        '__proto__',
        'type: local',
        '${env:',
        '\t',
        '\r',
        '1e999',
        '~',
        'constructor',
      ],
    );
    const yaml = fc.array(fc.oneof({ weight: 4, arbitrary: token }, fc.string({ maxLength: 6 })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), yaml, async (onEssential, tokens) => {
        for (const line of await faultsOf((onEssential ? ESSENTIAL : '') + tokens.join(''))) expect(line).toMatch(/cutover\.yaml/);
      }),
      { numRuns: 500 },
    );
  });

  it('values of any kind at any key are either taken or refused with a ConfigError', async () => {
    const key = fc.constantFrom(
      'smokeTests',
      'switch',
      'monitor',
      'retention',
      'notify',
      'identity',
      'endpoints',
      'approval',
      'warmup',
      'router',
    );
    const inner = fc.constantFrom(
      'name',
      'path',
      'checks',
      'source',
      'type',
      'url',
      'window',
      'confirm',
      'duration',
      'expect',
      'json',
      'toString',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('local', 'router', '10m', '/x', 'http://a', -1, 0, 1e21, null, true, ''),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(inner, tie('value'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 4 }), async (sections) => {
        const { router, ...rest } = sections;
        const file = { service: 'shop', router: router ?? { type: 'local' }, environment: { type: 'local', command: ['a'] }, ...rest };
        for (const line of await faultsOf(JSON.stringify(file))) expect(line).toMatch(/^cutover\.yaml:1: \S/);
      }),
      { numRuns: 500 },
    );
  });
});
