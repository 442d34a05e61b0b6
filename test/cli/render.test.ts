import { describe, expect, test } from 'vitest';
import { checkValue } from '../../src/cli/render/checks.ts';
import { sparkline } from '../../src/cli/render/sparkline.ts';
import { COLORFUL, PLAIN, styleFor } from '../../src/cli/render/style.ts';
import { table } from '../../src/cli/render/table.ts';
import { duration, left } from '../../src/cli/render/time.ts';
import { at } from './document.ts';

describe('numbers for people', () => {
  test.each([
    [0, '0ms'],
    [850, '850ms'],
    [9_940, '9.9s'],
    [12_300, '12s'],
    [125_000, '2m 05s'],
    [3 * 3_600_000 + 4 * 60_000, '3h 04m'],
    [49 * 3_600_000, '2d 01h'],
  ])('%i ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test('a time that is over is not left', () => {
    expect(left('2026-01-01T10:00:00.000Z', at('10:00:01'))).toBe('');
  });

  test('a rate is a percentage; a latency stays what it is', () => {
    expect(checkValue('error-rate', 0.0123, 0.05)).toBe('1.23%');
    expect(checkValue('p99 seconds', 0.25, 0.5)).toBe('0.25');
    expect(checkValue('queue', 12_345.6, 20_000)).toBe('12346');
  });
});

describe('a sparkline', () => {
  test('is drawn against the bound, so that small values look small', () => {
    expect(sparkline([0, 0.01, 0.05], 0.05)).toBe('▁▂█');
  });

  test('shows where there was no data', () => {
    expect(sparkline([0.05, null, 0], 0.05)).toBe('█·▁');
  });

  test('shows the newest values', () => {
    expect(sparkline([1, 0, 0], 1, 2)).toBe('▁▁');
  });
});

describe('colors', () => {
  test('are used in a terminal, and nowhere else', () => {
    expect(styleFor({ isTTY: true }, true, {})).toBe(COLORFUL);
    expect(styleFor({}, true, {})).toBe(PLAIN);
    expect(styleFor({ isTTY: true }, true, { TERM: 'dumb' })).toBe(PLAIN);
  });

  test('are off with --no-color and NO_COLOR, and on in a pipe with FORCE_COLOR', () => {
    expect(styleFor({ isTTY: true }, false, {})).toBe(PLAIN);
    expect(styleFor({ isTTY: true }, true, { NO_COLOR: '1' })).toBe(PLAIN);
    expect(styleFor({}, true, { FORCE_COLOR: '1' })).toBe(COLORFUL);
    expect(styleFor({ isTTY: true }, true, { FORCE_COLOR: '0' })).toBe(PLAIN);
  });

  test('do not push the columns of a table apart', () => {
    expect(
      table([
        ['a', 'b'],
        [COLORFUL.bold('long'), 'c'],
      ])[0],
    ).toBe('a     b');
  });
});
