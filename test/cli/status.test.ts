import { describe, expect, test } from 'vitest';
import { statusLines } from '../../src/cli/render/status.ts';
import { COLORFUL, PLAIN } from '../../src/cli/render/style.ts';
import { at, documentOf } from './document.ts';

const text = (part: Parameters<typeof documentOf>[0] = {}): string => statusLines(documentOf(part), PLAIN, at('10:01:20')).join('\n');

describe('the status for a person', () => {
  test('says what goes on, for how long, how long it still takes, and where users are', () => {
    expect(text()).toContain('v2 is live and watched, for 1m 20s, 9m 00s left, by ana');
    expect(text()).toContain('users are on green (v2)');
  });

  test('shows every step with its time, every smoke test, and every check with its value, bars and bound', () => {
    expect(text()).toContain('✔ deploy 12s ready');
    expect(text()).toContain('● monitor 1m 00s');
    expect(text()).toContain('✔ health 200 in 12 ms');
    expect(text()).toContain('✔ error-rate 0.1% ▁█▁ max 5%, 3 samples');
  });

  test('a deployment that needs a person shows why, and every command that is possible', () => {
    const asked = text({ phase: 'needs-intervention', reason: 'the router says blue', actions: ['resolve', 'rollback'] });
    expect(asked).toContain('the router says blue');
    for (const command of ['resolve shop --adopt', 'resolve shop --restore', 'resolve shop --retry', 'rollback shop']) {
      expect(asked).toContain(`cutover ${command}`);
    }
  });

  test('after a rollback users are said to be on the old version', () => {
    expect(text({ phase: 'ended', outcome: 'rolled-back', liveColor: 'blue', endedAt: '2026-01-01T10:00:40.000Z' })).toContain(
      'users are on blue (v1)',
    );
  });

  test('a check without data is no passed check', () => {
    const checks = [
      { name: 'error-rate', value: null, max: 0.05, samples: 0, failures: 0, noData: 2, values: [null, null], detail: 'no requests' },
    ];
    expect(text({ monitor: { endsAt: '2026-01-01T10:10:20.000Z', checks } })).toContain(
      '? error-rate no data ·· max 5%, 0 samples, 2 without data, no requests',
    );
  });

  test('says the same with and without colors', () => {
    const colorful = statusLines(documentOf(), COLORFUL, at('10:01:20')).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is removed.
    expect(colorful.replace(/\u001b\[\d+m/g, '')).toBe(text());
    expect(colorful).not.toBe(text());
  });
});
