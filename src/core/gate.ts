/** Judges the samples of a monitoring window. "No data" and "inconclusive" are verdicts with names, never a pass. */
import type { Check } from './plan.ts';
import type { Routing } from './routing.ts';

/** One reading of one check. `failed` is a failure to measure (the source did not answer), which is not data either. */
export interface CheckReading {
  name: string;
  value: number | null;
  failed: boolean;
  detail: string | null;
}

/** What one sample found. `routing` and `ready` are null when they could not be read this time. */
export interface Sample {
  at: number;
  routing: Routing | null;
  ready: number | null;
  detail: string | null;
  checks: CheckReading[];
}

/** What is remembered of a check: counts over the whole window, and its newest values for people to see. */
export interface Tally {
  name: string;
  samples: number;
  failures: number;
  noData: number;
  unmeasured: number;
  value: number | null;
  values: (number | null)[];
  detail: string | null;
}

export type Verdict = { is: 'pass' } | { is: 'fail' | 'inconclusive'; reason: string };

const VALUES_KEPT = 60;

export const freshTally = (check: Check): Tally => ({
  name: check.name,
  samples: 0,
  failures: 0,
  noData: 0,
  unmeasured: 0,
  value: null,
  values: [],
  detail: null,
});

/** What is remembered of a check so far. */
export const tallyOf = (tallies: readonly Tally[], check: Check): Tally =>
  tallies.find(({ name }) => name === check.name) ?? freshTally(check);

const inBounds = (check: Check, value: number): boolean =>
  (check.max === null || value <= check.max) && (check.min === null || value >= check.min);

export const isFailure = (check: Check, reading: CheckReading): boolean =>
  reading.value === null ? check.noData === 'fail' : !inBounds(check, reading.value);

/** Whether a sample needs a decision now: a batch of samples ends early with it. */
export const isRemarkable = (checks: readonly Check[], sample: Sample, expected: string): boolean =>
  (sample.routing !== null && sample.routing.to !== expected) ||
  sample.ready === 0 ||
  checks.some((check) => {
    const reading = sample.checks.find(({ name }) => name === check.name);
    return reading !== undefined && (isFailure(check, reading) || (reading.value === null && check.noData === 'pause'));
  });

export function count(check: Check, tally: Tally, reading: CheckReading): Tally {
  return {
    ...tally,
    samples: tally.samples + (reading.value === null ? 0 : 1),
    failures: tally.failures + (isFailure(check, reading) ? 1 : 0),
    noData: tally.noData + (reading.value === null ? 1 : 0),
    unmeasured: tally.unmeasured + (reading.failed ? 1 : 0),
    value: reading.value,
    values: [...tally.values, reading.value].slice(-VALUES_KEPT),
    detail: reading.detail,
  };
}

/** The verdict while the window is open: only what cannot wait for its end. */
export function judge(check: Check, tally: Tally): Verdict {
  if (tally.failures > check.failureLimit) return { is: 'fail', reason: failureReason(check, tally) };
  if (check.noData === 'pause' && tally.noData > 0)
    return { is: 'inconclusive', reason: `${check.name} had no data${tally.detail ? ` (${tally.detail})` : ''}` };
  return { is: 'pass' };
}

/** The verdict when the window has passed: too little data is inconclusive. */
export function judgeWindow(check: Check, tally: Tally): Verdict {
  const soFar = judge(check, tally);
  if (soFar.is !== 'pass') return soFar;
  if (tally.samples < check.minSamples)
    return { is: 'inconclusive', reason: `${check.name} had data in ${tally.samples} of the ${check.minSamples} samples it needs` };
  if (tally.samples === 0 && tally.unmeasured > 0)
    return { is: 'inconclusive', reason: `${check.name} could not be measured${tally.detail ? `: ${tally.detail}` : ''}` };
  return { is: 'pass' };
}

function failureReason(check: Check, tally: Tally): string {
  const bounds = [check.max === null ? null : `max ${check.max}`, check.min === null ? null : `min ${check.min}`]
    .filter(Boolean)
    .join(', ');
  const found = tally.value === null ? `no data${tally.detail ? ` (${tally.detail})` : ''}` : `${Number(tally.value.toPrecision(4))}`;
  const limit = check.failureLimit > 0 ? `, ${tally.failures} failed samples with ${check.failureLimit} forgiven` : '';
  const detail = tally.value !== null && tally.detail ? `: ${tally.detail}` : '';
  return `${check.name} was ${found} (${bounds}${limit})${detail}`;
}
