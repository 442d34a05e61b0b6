/**
 * The Plan: the service file, resolved. Plain versioned JSON, every default filled in, every duration in milliseconds.
 * What is observed (which color is live) is not in it: the workflow finds that out when it runs.
 * It enters a workflow's history, so it never holds a secret: `${env:NAME}` stays as written.
 */
export type Color = 'blue' | 'green';

export const COLORS: readonly Color[] = ['blue', 'green'];

export const otherColor = (color: Color): Color => (color === 'blue' ? 'green' : 'blue');

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A provider by its `type`, with its options as its schema parsed them (defaults filled in). */
export interface ProviderRef {
  type: string;
  options: { [key: string]: Json };
}

/** Where a running copy says which version it is: a JSON field (dotted path) of the answer at `path`, or a header. */
export interface Identity {
  path: string;
  json?: string;
  header?: string;
}

export interface SmokeTest {
  name: string;
  path: string;
  method: string;
  headers: { [name: string]: string };
  body: string | null;
  /** `status` null means any 2xx. `json` is a subset that the answer has to contain; `text` a substring. */
  expect: { status: number | null; json: Json | null; text: string | null };
  timeoutMs: number;
  retries: number;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** `from` and `to` are wall-clock times, "HH:MM", in `timezone` (IANA). `to` before `from` means over midnight. */
export interface SwitchWindow {
  days: Weekday[];
  from: string;
  to: string;
  timezone: string;
}

export type NoDataPolicy = 'ignore' | 'fail' | 'pause';

export interface Check {
  name: string;
  source: ProviderRef;
  max: number | null;
  min: number | null;
  failureLimit: number;
  noData: NoDataPolicy;
  minSamples: number;
}

/** The router knows the health of its targets itself: it is asked whether the idle color is ready. */
export const checksHealth = ({ router }: Plan): boolean => router.healthTimeoutMs !== undefined;

/** It has to be told of a color first, and settled in the end. */
export const isPrepared = (plan: Plan): boolean => checksHealth(plan) && plan.router.prepares !== false;

export type Concurrency = 'reject' | 'queue' | 'supersede';

/**
 * The rules of the core that plans of today are carried out by. One more when they change: runs that are open go on by their own.
 * 2: an old color that users went back to at less than its capacity is made whole; --now does not wait for one with nothing ready.
 */
export const SEMANTICS = 2;

export interface Plan {
  planVersion: 1;
  /** By which rules of the core it is carried out; 1 where it does not say. */
  semantics?: number;
  service: string;
  version: string;
  /** Absolute path of the service file's folder: relative paths of local providers start here. */
  folder: string;
  concurrency: Concurrency;
  /**
   * By the provider's own options. `switchTimeoutMs`: how long one attempt to switch (read, write, read back) may take.
   * `healthTimeoutMs`: the router checks the health of a color by itself, and how long that may take; absent where it does not.
   * `spreadMs`: a switch takes its time to be everywhere, and how long users may still be sent to the old color after that (the TTL
   * of DNS); absent where it is at once. `prepares` false: nothing is written but the switch.
   * `readyWhenDeployed`: it looks at the very copies that the environment sees ready. `countsConnections` false: it knows neither open
   * connections nor requests, a drain only takes its time.
   */
  router: ProviderRef & {
    switchTimeoutMs: number;
    healthTimeoutMs?: number;
    spreadMs?: number;
    prepares?: false;
    readyWhenDeployed?: true;
    countsConnections?: false;
  };
  /** `deployTimeoutMs`: how long one attempt to bring a version up may take, by the provider's own options. */
  environment: ProviderRef & { deployTimeoutMs: number };
  /** Where a color answers past the router (scheme://host:port, maybe a base path); null where nothing is known. */
  endpoints: { blue: string | null; green: string | null; preview: string | null };
  identity: Identity | null;
  smokeTests: SmokeTest[];
  /** There is nothing to test: neither an identity nor a smoke test. (Plans of before do not say it: they ask a worker.) */
  untested?: true;
  warmup: { path: string; requests: number; concurrency: number } | null;
  approval: { required: boolean; timeoutMs: number; onTimeout: 'reject' | 'approve' };
  switch: {
    window: SwitchWindow | null;
    confirm: { url: string; consecutive: number; timeoutMs: number } | null;
    drainMs: number;
  };
  monitor: { durationMs: number; intervalMs: number; checks: Check[] };
  retention: { durationMs: number; capacity: number | 'keep'; then: 'remove' | 'keep' };
  notify: ProviderRef[];
}
