import * as z from 'zod';
import type { Json } from '../../core/plan.ts';
import { type ColorCounts, type CountersDocument, quantileMs } from '../routers/local/counts.ts';
import { defineMetricSource, type MetricQuery, type Reading } from '../types.ts';

const METRICS = ['error-rate', 'latency-p50', 'latency-p95', 'latency-p99', 'requests'] as const;
type Metric = (typeof METRICS)[number];

/** What was counted until a reading, and by which router process. */
type Cursor = { startedAt: number; requests: number; errors: number; buckets: number[] };

type Counted = Pick<ColorCounts, 'requests' | 'errors' | 'buckets'>;

const NOTHING: Counted = { requests: 0, errors: 0, buckets: [] };

/** Where the period of this reading began: the reading before, else the switch. A restarted router began at 0 itself. */
const baseOf = ({ color, cursor }: MetricQuery, now: CountersDocument): Counted => {
  const before = cursor as Cursor | null;
  if (before === null) return now.atSwitch?.[color] ?? NOTHING;
  return before.startedAt === now.startedAt ? before : NOTHING;
};

const difference = (now: Counted, base: Counted): Counted => ({
  requests: now.requests - base.requests,
  errors: now.errors - base.errors,
  buckets: now.buckets.map((count, index) => count - (base.buckets[index] ?? 0)),
});

const errorRate = ({ requests, errors }: Counted): Reading => {
  if (requests === 0 && errors === 0) return { value: null, detail: 'no requests' };
  // An answer that began before this period may have been cut in it: more errors than requests are still all of them.
  return { value: requests === 0 ? 1 : Math.min(1, errors / requests), detail: `${errors} of ${requests} answers were 5xx` };
};

const latency = ({ requests, buckets }: Counted, quantile: number): Reading => {
  const value = quantileMs(buckets, quantile);
  return value === null ? { value, detail: 'no requests' } : { value: Number(value.toPrecision(3)), detail: `ms, of ${requests} requests` };
};

const READERS: Record<Metric, (counted: Counted) => Reading> = {
  'error-rate': errorRate,
  'latency-p50': (counted) => latency(counted, 0.5),
  'latency-p95': (counted) => latency(counted, 0.95),
  'latency-p99': (counted) => latency(counted, 0.99),
  requests: ({ requests }) => ({ value: requests }),
};

export const routerMetrics = defineMetricSource({
  type: 'router',
  routers: ['local'],
  description: 'What the local router counted of the new color since the sample before.',
  options: z.object({
    metric: z
      .enum(METRICS)
      .default('error-rate')
      .describe(
        'error-rate: the fraction (0 to 1) of answers that were 5xx; latency-*: milliseconds to the head of an answer; requests: how many.',
      ),
  }),
  async create({ metric }, { service, stateDir }) {
    const { RouterAdmin } = await import('../routers/local/admin.ts');
    const admin = new RouterAdmin(stateDir, service);
    return {
      async query({ signal }, query) {
        const now = await admin.counters(signal);
        const counts = now[query.color];
        const { requests, errors, buckets } = counts;
        const cursor: Cursor & Json = { startedAt: now.startedAt, requests, errors, buckets };
        return { ...READERS[metric](difference(counts, baseOf(query, now))), cursor };
      },
    };
  },
});
