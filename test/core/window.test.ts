import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SwitchWindow, Weekday } from '../../src/core/plan.ts';
import { isOpen, opensAt } from '../../src/core/window.ts';

const EVERY: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const windowOf = (from: string, to: string, timezone = 'UTC', days = EVERY): SwitchWindow => ({ days, from, to, timezone });
const at = (iso: string): number => Date.parse(iso);
const opens = (window: SwitchWindow, iso: string): string => new Date(opensAt(window, at(iso))).toISOString();

describe('A switch window', () => {
  const nights = windowOf('02:00', '06:00', 'Europe/London');
  test.each([
    ['2026-01-15T01:59:59Z', false],
    ['2026-01-15T02:00:00Z', true],
    ['2026-01-15T05:59:59Z', true],
    ['2026-01-15T06:00:00Z', false],
    // Summer time: 02:00 in London is 01:00 UTC.
    ['2026-07-15T00:59:59Z', false],
    ['2026-07-15T01:00:00Z', true],
    ['2026-07-15T04:59:59Z', true],
    ['2026-07-15T05:00:00Z', false],
  ])('is open by the clock of its own time zone: London nights at %s: %s', (iso, open) => {
    expect(isOpen(nights, at(iso))).toBe(open);
  });

  test.each([
    ['2026-01-15T22:59:00Z', false],
    ['2026-01-15T23:00:00Z', true],
    ['2026-01-16T03:59:00Z', true],
    ['2026-01-16T04:00:00Z', false],
  ])('goes over midnight: 18:00-23:00 in New York at %s: %s', (iso, open) => {
    expect(isOpen(windowOf('18:00', '23:00', 'America/New_York'), at(iso))).toBe(open);
    expect(isOpen(windowOf('23:00', '04:00', 'UTC'), at(iso))).toBe(open);
  });

  test('over midnight belongs to the day on which it begins', () => {
    const thursdays = windowOf('22:00', '02:00', 'UTC', ['thu']);
    expect(isOpen(thursdays, at('2026-01-15T23:00:00Z'))).toBe(true);
    expect(isOpen(thursdays, at('2026-01-16T01:00:00Z'))).toBe(true);
    expect(isOpen(thursdays, at('2026-01-15T01:00:00Z'))).toBe(false);
    expect(isOpen(thursdays, at('2026-01-16T23:00:00Z'))).toBe(false);
  });

  test('waits over the days that are not its own', () => {
    expect(opens(windowOf('02:00', '06:00', 'UTC', ['mon']), '2026-01-15T12:00:00Z')).toBe('2026-01-19T02:00:00.000Z');
    expect(opens(windowOf('02:00', '06:00', 'UTC', ['thu']), '2026-01-15T06:00:00Z')).toBe('2026-01-22T02:00:00.000Z');
  });

  test('that is open opens now', () => {
    expect(opens(nights, '2026-01-15T03:30:30Z')).toBe('2026-01-15T03:30:30.000Z');
  });

  test.each([
    ['London in spring', nights, '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['London in autumn', nights, '2026-10-24T12:00:00Z', '2026-10-25T02:00:00.000Z'],
    [
      'New York in spring, at an hour that does not exist',
      windowOf('02:00', '06:00', 'America/New_York'),
      '2026-03-08T05:00:00Z',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'New York in spring, at half an hour that does not exist',
      windowOf('02:30', '06:00', 'America/New_York'),
      '2026-03-08T05:00:00Z',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'New York in spring, a window that does not exist',
      windowOf('02:00', '03:00', 'America/New_York'),
      '2026-03-08T05:00:00Z',
      '2026-03-09T06:00:00.000Z',
    ],
    [
      'New York in autumn, an hour that exists twice',
      windowOf('01:00', '02:00', 'America/New_York'),
      '2026-11-01T04:00:00Z',
      '2026-11-01T05:00:00.000Z',
    ],
    [
      'London in spring, at half an hour that does not exist',
      windowOf('01:30', '03:00', 'Europe/London'),
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
  ])('opens at the right moment when the clocks change: %s', (_, window, from, expected) => {
    expect(opens(window, from)).toBe(expected);
  });

  test('that begins and ends at the same time is open for a day', () => {
    const mondays = windowOf('04:00', '04:00', 'UTC', ['mon']);
    expect([isOpen(mondays, at('2026-01-19T04:00:00Z')), isOpen(mondays, at('2026-01-20T03:59:00Z'))]).toEqual([true, true]);
    expect([isOpen(mondays, at('2026-01-19T03:59:00Z')), isOpen(mondays, at('2026-01-20T04:00:00Z'))]).toEqual([false, false]);
  });

  test('is never waited for longer than until its first open minute, at any time of the year', () => {
    const clock = fc.integer({ min: 0, max: 24 * 4 - 1 }).map((quarter) => {
      const text = (value: number): string => String(value).padStart(2, '0');
      return `${text(Math.floor(quarter / 4))}:${text((quarter % 4) * 15)}`;
    });
    const zone = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Asia/Kolkata');
    // Every minute of the year, and the days of the clocks' changes more often.
    const moment = fc.oneof(
      fc.integer({ min: at('2026-01-01T00:00:00Z') / 60_000, max: at('2026-12-31T00:00:00Z') / 60_000 }),
      fc
        .constantFrom('2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01')
        .chain((day) => fc.integer({ min: -720, max: 720 }).map((minutes) => at(day) / 60_000 + minutes)),
    );
    fc.assert(
      fc.property(clock, clock, zone, fc.subarray(EVERY, { minLength: 1 }), moment, (from, to, timezone, days, minute) => {
        const window = windowOf(from, to, timezone, days);
        const start = minute * 60_000;
        const open = opensAt(window, start);
        expect(isOpen(window, open)).toBe(true);
        // Before it, nothing was open: seen at every quarter of an hour, where all these windows begin.
        for (let before = open - 15 * 60_000; before >= start && before > open - 30 * 3_600_000; before -= 15 * 60_000)
          expect(isOpen(window, before)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});
