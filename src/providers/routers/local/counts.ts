import type { Color } from '../../../core/plan.ts';

/** Upper bounds of the latency buckets in seconds, 1 ms to 60 s, each 1.6 times the one before. */
export const LATENCY_BOUNDS: readonly number[] = Array.from({ length: 25 }, (_, n) => Number((0.001 * 60_000 ** (n / 24)).toPrecision(3)));

/** What a color did since the router started. `buckets`: answers within each of LATENCY_BOUNDS (cumulative), and last all. */
export interface ColorCounts {
  requests: number;
  errors: number;
  open: number;
  buckets: number[];
}

/** `startedAt` (epoch ms) tells the counters of one router process from those of the next, which begin at 0 again. */
export interface CountersDocument {
  startedAt: number;
  blue: ColorCounts;
  green: ColorCounts;
  /** As they were at the last switch; null where this process saw none. */
  atSwitch: Record<Color, ColorCounts> | null;
}

/**
 * The quantile (0 to 1) in milliseconds, spread evenly within its bucket as Prometheus does it; null without answers.
 * `buckets` are cumulative, like those of ColorCounts. Answers slower than the last bound count as that bound.
 */
export const quantileMs = (buckets: readonly number[], quantile: number): number | null => {
  const total = buckets.at(-1) ?? 0;
  if (total <= 0) return null;
  const rank = quantile * total;
  const index = buckets.findIndex((count) => count >= rank);
  const upper = LATENCY_BOUNDS[index];
  if (upper === undefined) return LATENCY_BOUNDS.at(-1)! * 1000;
  const lower = LATENCY_BOUNDS[index - 1] ?? 0;
  const below = buckets[index - 1] ?? 0;
  const within = buckets[index]! - below;
  const fraction = within > 0 ? (rank - below) / within : 1;
  return (lower + (upper - lower) * fraction) * 1000;
};
