import { type Check, type Plan, SEMANTICS } from '../../src/core/plan.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const errorRate = (changes: Partial<Check> = {}): Check => ({
  name: 'error-rate',
  source: { type: 'simulated', options: {} },
  max: 0.05,
  min: null,
  failureLimit: 0,
  noData: 'ignore',
  minSamples: 0,
  ...changes,
});

/** The defaults of a service file, for the simulated world. */
export const planFor = (version: string, changes: Partial<Plan> = {}): Plan => ({
  planVersion: 1,
  semantics: SEMANTICS,
  service: 'shop',
  version,
  folder: '/nowhere',
  concurrency: 'reject',
  router: { type: 'simulated', options: {}, switchTimeoutMs: 30_000 },
  environment: { type: 'simulated', options: {}, deployTimeoutMs: MINUTE },
  endpoints: { blue: null, green: null, preview: null },
  identity: null,
  smokeTests: [],
  warmup: null,
  approval: { required: false, timeoutMs: HOUR, onTimeout: 'reject' },
  switch: { window: null, confirm: { url: 'http://127.0.0.1:1', consecutive: 1, timeoutMs: 1_000 }, drainMs: 30_000 },
  monitor: { durationMs: 10 * MINUTE, intervalMs: MINUTE, checks: [errorRate()] },
  retention: { durationMs: 24 * HOUR, capacity: 1, then: 'remove' },
  notify: [],
  ...changes,
});

/** The default window with checks that differ. */
export const watchedBy = (changes: Partial<Check>): Plan['monitor'] => ({
  durationMs: 10 * MINUTE,
  intervalMs: MINUTE,
  checks: [errorRate(changes)],
});
