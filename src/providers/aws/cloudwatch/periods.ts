/**
 * Which periods of a metric a reading counts. CloudWatch knows a minute only one to three minutes after it has ended, and a
 * sample is not taken at its edge: so a cursor goes from period to period, and each is counted exactly once. Pure.
 */
import type { Counted, Measure } from './measure.ts';

/** Numbers by the start of their period, epoch ms. */
export type Points = ReadonlyMap<number, number>;

/** `next`: the start of the first period that is not counted yet; `since`: when users were switched, epoch ms. */
export type Cursor = { next: number; since: number };

/** A series that does not lead is believed alone only so long after a period: the leading one may be late, and half of a rate is wrong. */
const ALONE_AFTER_MS = 2 * 60_000;
/** What is not known by then never was. */
const GIVEN_UP_AFTER_MS = 5 * 60_000;

export const firstCursor = (since: number, periodMs: number): Cursor => ({ next: floor(since, periodMs), since });

const floor = (ms: number, periodMs: number): number => Math.floor(ms / periodMs) * periodMs;

/** The end of the last period that is whole at `now`. */
export const lastEnd = (now: number, periodMs: number): number => floor(now, periodMs);

export interface Known {
  counted: Counted<string>;
  /** The time of what was counted, epoch ms; null where nothing was. */
  span: { from: number; to: number } | null;
  cursor: Cursor;
}

/** `points` are those of each series, of periods that are whole at `now`. */
export function countPeriods(
  { periodMs, series, leading }: Measure,
  points: Readonly<Record<string, Points>>,
  cursor: Cursor,
  now: number,
): Known {
  const usable = Object.fromEntries(
    Object.entries(series).map(([name, { periodOfSwitch }]) => {
      const first = periodOfSwitch === 'counted' ? cursor.next : Math.max(cursor.next, cursor.since);
      return [name, [...(points[name] ?? [])].filter(([start]) => start >= first).sort(([a], [b]) => a - b)];
    }),
  );
  const isKnown = (name: string, start: number): boolean => name === leading || start + periodMs + ALONE_AFTER_MS <= now;
  const starts = Object.entries(usable).flatMap(([name, own]) => own.map(([start]) => start).filter((start) => isKnown(name, start)));
  const newest = starts.length > 0 ? Math.max(...starts) : null;
  const counted = Object.fromEntries(
    Object.entries(usable).map(([name, own]) => [
      name,
      own.filter(([start]) => newest !== null && start <= newest).map(([, value]) => value),
    ]),
  );
  const givenUp = floor(now - GIVEN_UP_AFTER_MS, periodMs);
  const next = Math.max(cursor.next, givenUp, newest === null ? 0 : newest + periodMs);
  const span = newest === null ? null : { from: Math.min(...starts), to: newest + periodMs };
  return { counted, span, cursor: { ...cursor, next } };
}
