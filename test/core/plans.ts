/** Small plans for tests of the core: everything off or short unless a test asks for it. */
import { type Check, type Plan, SEMANTICS } from '../../src/core/plan.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Thursday, 2026-01-01 00:00 UTC. */
export const START = Date.UTC(2026, 0, 1);

export const check = (changes: Partial<Check> = {}): Check => ({
  name: 'error-rate',
  source: { type: 'router', options: {} },
  max: 0.05,
  min: null,
  failureLimit: 0,
  noData: 'ignore',
  minSamples: 0,
  ...changes,
});

/**
 * A load balancer, which checks the health of its targets; DNS, whose change takes time; and a Service of Kubernetes, which sees the
 * pods that its environment sees, and has only its selector written.
 */
export const CHECKING: Plan['router'] = { type: 'checking', options: {}, switchTimeoutMs: 30_000, healthTimeoutMs: 60_000 };
export const SLOW: Plan['router'] = { type: 'slow', options: {}, switchTimeoutMs: 30_000, spreadMs: 60_000 };
export const LOOKING: Plan['router'] = {
  ...CHECKING,
  type: 'looking',
  spreadMs: 0,
  prepares: false,
  readyWhenDeployed: true,
  countsConnections: false,
};

export type PlanChanges = Partial<Omit<Plan, 'switch'>> & { switch?: Partial<Plan['switch']> };

export const planOf = (changes: PlanChanges = {}): Plan => ({
  planVersion: 1,
  semantics: SEMANTICS,
  service: 'shop',
  version: 'v2',
  folder: '/srv/shop',
  concurrency: 'reject',
  router: { type: 'local', options: {}, switchTimeoutMs: 30_000 },
  environment: { type: 'local', options: {}, deployTimeoutMs: 30_000 },
  endpoints: { blue: null, green: null, preview: null },
  identity: null,
  smokeTests: [],
  warmup: null,
  approval: { required: false, timeoutMs: HOUR, onTimeout: 'reject' },
  monitor: { durationMs: 2 * MINUTE, intervalMs: MINUTE, checks: [check()] },
  retention: { durationMs: 24 * HOUR, capacity: 1, then: 'remove' },
  notify: [],
  ...changes,
  switch: {
    window: null,
    confirm: { url: 'http://127.0.0.1:8080', consecutive: 5, timeoutMs: 30_000 },
    drainMs: 30_000,
    ...changes.switch,
  },
});
