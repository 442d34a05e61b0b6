/** Watching the new color: one sample each interval, in batches, so that a long window needs a short history. */
import { setTimeout as pause } from 'node:timers/promises';
import { type CheckReading, isRemarkable, type Sample } from '../core/gate.ts';
import type { Check, Json } from '../core/plan.ts';
import type { Call, MetricSource } from '../providers/types.ts';
import type { ActivityCall } from './boundary.ts';
import { type Providers, providersOf } from './providers.ts';
import type { Activities, SampleInput } from './types.ts';

/** Reading the router and the environment is quick, or not known this time. */
const readLimit = (intervalMs: number): number => Math.min(20_000, Math.max(3_000, intervalMs));
/** A source gets at most this long, and never more than the interval. */
const QUERY_MS = 15_000;
const QUERY_AGAIN_MS = 1_000;

interface Progress {
  samples: Sample[];
  cursors: { [check: string]: Json };
}

export async function sample(call: ActivityCall, input: SampleInput): ReturnType<Activities['sample']> {
  const { plan, color, count, endsAt } = input;
  const { intervalMs, checks } = plan.monitor;
  const providers = providersOf(plan);
  let progress: Progress = resumedFrom(call.resumed) ?? { samples: [], cursors: input.cursors };
  let last = progress.samples.at(-1)?.at ?? input.since;
  while (progress.samples.length < count) {
    const due = Math.min(last + intervalMs, Math.max(endsAt, input.since));
    await pause(Math.max(0, due - Date.now()), undefined, { signal: call.signal });
    const { taken, cursors } = await takeSample(call, providers, input, progress.cursors, last, due);
    progress = { samples: [...progress.samples, taken], cursors };
    last = taken.at;
    call.heartbeat(progress as unknown as Json);
    if (isRemarkable(checks, taken, color) || last >= endsAt) break;
  }
  return progress;
}

const resumedFrom = (resumed: ActivityCall['resumed']): Progress | null =>
  typeof resumed === 'object' && resumed !== null && 'samples' in resumed ? (resumed as unknown as Progress) : null;

async function takeSample(call: Call, providers: Providers, input: SampleInput, cursors: Progress['cursors'], since: number, due: number) {
  const { plan, color } = input;
  const known = <T>(read: Promise<T>): Promise<T | null> => read.catch(() => null);
  const limited = withLimit(call, readLimit(plan.monitor.intervalMs));
  const [routing, state, readings] = await Promise.all([
    known(providers.router().then((router) => router.read(limited))),
    known(providers.environment().then((environment) => environment.describe(limited, color))),
    Promise.all(plan.monitor.checks.map((check) => read(call, providers, input, check, cursors[check.name] ?? null, since))),
  ]);
  call.signal.throwIfAborted();
  const checks = readings.map(({ reading }) => reading);
  const moved = Object.fromEntries(
    readings.filter(({ cursor }) => cursor !== undefined).map(({ reading, cursor }) => [reading.name, cursor as Json]),
  );
  // A timer may be a millisecond early; the sample is the one that was due.
  const taken: Sample = { at: Math.max(due, Date.now()), routing, ready: state?.ready ?? null, detail: state?.detail ?? null, checks };
  return { taken, cursors: { ...cursors, ...moved } };
}

const withLimit = (call: Call, ms: number): Call => ({ ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(ms)]) });

/** Reads one check. A source that does not answer is asked again while there is time; then nothing was measured. */
async function read(call: Call, providers: Providers, { plan, color }: SampleInput, check: Check, cursor: Json | null, since: number) {
  const deadline = Date.now() + Math.min(QUERY_MS, plan.monitor.intervalMs);
  const query = { color, version: plan.version, since, cursor };
  let detail = '';
  do {
    try {
      const source: MetricSource = await providers.metricSource(check.source);
      const found = await source.query(withLimit(call, Math.max(1, deadline - Date.now())), query);
      return { reading: asReading(check, found.value, found.detail ?? null), cursor: found.cursor };
    } catch (error) {
      call.signal.throwIfAborted();
      detail = (error as Error).message;
      await pause(QUERY_AGAIN_MS, undefined, { signal: call.signal });
    }
  } while (Date.now() < deadline);
  return { reading: { name: check.name, value: null, failed: true, detail } satisfies CheckReading, cursor: undefined };
}

/** NaN and infinity do not survive JSON, and are no data. */
const asReading = (check: Check, value: number | null, detail: string | null): CheckReading =>
  value !== null && Number.isFinite(value)
    ? { name: check.name, value, failed: false, detail }
    : { name: check.name, value: null, failed: false, detail: detail ?? (value === null ? null : `the source says ${value}`) };
