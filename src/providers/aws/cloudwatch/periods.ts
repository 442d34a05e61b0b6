/**
 * What of a metric a reading counts. CloudWatch knows a minute some minutes later, maybe piece by piece, and a sample is not taken
 * at its edge: so the cursor remembers what was counted of each period that may still grow, and everything is counted exactly
 * once. Pure.
 */
import { type Counted, isAdditive, type Measure, sum } from './measure.ts';

/** Numbers by the start of their period, epoch ms. */
export type Points = ReadonlyMap<number, number>;

/** `since`: when users were switched; `from`: the start of the first period that is looked at; both epoch ms. */
export type Cursor = {
  since: number;
  from: number;
  /** Of each series, [periods after `from`, what was counted of that one]. */
  counted: { [series: string]: [index: number, value: number][] };
};

/** A series that does not lead is believed alone only so long after a period: the leading one may be late, and half of a rate is wrong. */
const ALONE_AFTER_MS = 60_000;
/** What is not known by then never was. */
const GIVEN_UP_AFTER_MS = 5 * 60_000;

const floor = (ms: number, periodMs: number): number => Math.floor(ms / periodMs) * periodMs;

export const firstCursor = (since: number, periodMs: number): Cursor => ({ since, from: floor(since, periodMs), counted: {} });

/** The end of what may be known at `now`: of numbers that add up, what there is of a period that is not over is a part of it. */
export function lastEnd({ periodMs, series }: Measure, now: number): number {
  const whole = floor(now, periodMs);
  return Object.values(series).some(isAdditive) ? whole + periodMs : whole;
}

export interface Known {
  counted: Counted<string>;
  /** The time of what was counted, epoch ms; null where nothing was. */
  span: { from: number; to: number } | null;
  cursor: Cursor;
}

/** What is new of a period. */
interface News {
  start: number;
  value: number;
}

export function countPeriods(measure: Measure, points: Readonly<Record<string, Points>>, cursor: Cursor, now: number): Known {
  const { periodMs, series, leading } = measure;
  const names = Object.keys(series);
  const before = new Map(names.map((name) => [name, countedBefore(cursor, name, periodMs)]));
  const newsOf = (name: string): News[] => whatIsNew(measure, name, points[name] ?? new Map(), before.get(name)!, cursor, now);
  const leads = newsOf(leading);
  const isCountable = ({ start }: News): boolean =>
    points[leading]?.has(start) ? sum(leads.map(({ value }) => value)) > 0 : start + periodMs + ALONE_AFTER_MS <= now;
  const news = new Map(names.map((name) => [name, name === leading ? leads : newsOf(name).filter(isCountable)]));
  const counted = Object.fromEntries(names.map((name) => [name, news.get(name)!.map(({ value }) => value)]));
  const starts = [...news.values()].flat().map(({ start }) => start);
  const span = starts.length === 0 ? null : { from: Math.min(...starts), to: Math.min(now, Math.max(...starts) + periodMs) };
  const from = Math.max(cursor.from, floor(now - GIVEN_UP_AFTER_MS, periodMs));
  const after = Object.fromEntries(names.map((name) => [name, remembered(before.get(name)!, news.get(name)!, from, periodMs)]));
  return { counted, span, cursor: { since: cursor.since, from, counted: after } };
}

const countedBefore = ({ from, counted }: Cursor, name: string, periodMs: number): Points =>
  new Map((counted[name] ?? []).map(([index, value]) => [from + index * periodMs, value]));

function whatIsNew({ periodMs, series }: Measure, name: string, points: Points, before: Points, cursor: Cursor, now: number): News[] {
  const own = series[name]!;
  const first = own.periodOfSwitch === 'counted' ? cursor.from : Math.max(cursor.from, cursor.since);
  const inTime = [...points].filter(([start]) => start >= first).sort(([a], [b]) => a - b);
  return inTime.flatMap(([start, value]) => {
    const known = before.get(start);
    if (!isAdditive(own)) return known === undefined && start + periodMs <= now ? [{ start, value }] : [];
    if (known === undefined) return [{ start, value }];
    return value > known ? [{ start, value: value - known }] : [];
  });
}

function remembered(before: Points, news: readonly News[], from: number, periodMs: number): [number, number][] {
  const all = new Map(before);
  for (const { start, value } of news) all.set(start, (before.get(start) ?? 0) + value);
  return [...all].filter(([start]) => start >= from).map(([start, value]) => [(start - from) / periodMs, value]);
}
