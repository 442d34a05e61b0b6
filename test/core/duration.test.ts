import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration } from '../../src/config/duration.ts';
import { formatDuration, parseDuration } from '../../src/core/duration.ts';

test.each([
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['24h', 86_400_000],
])('%s is read as %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', '1.5h', '-1s', '10 m', '10min', '1h30m', ' 1s', '1s ', '1S', '٣s', '9999999999h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
  expect(duration.safeParse(text).success).toBe(false);
});

test('what is shown of a duration can be written into a service file', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  expect([formatDuration(90_000), formatDuration(3_600_000), formatDuration(1_500), formatDuration(0)]).toEqual([
    '90s',
    '1h',
    '1500ms',
    '0s',
  ]);
});
