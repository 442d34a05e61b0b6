/**
 * A world without processes, for tests in which hours pass: a router, two colors and a metric that a test changes while a
 * real workflow on a real (time-skipping) server works on it. Everything else is tested with the real parts (test/e2e).
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/types.ts';
import type { Color, Plan } from '../../src/core/plan.ts';
import type { Notification } from '../../src/providers/types.ts';

export interface World {
  live: Color | 'none' | 'other';
  versions: Record<Color, string | null>;
  capacity: Record<Color, number>;
  errorRate: number | null;
  smokeTestsPass: boolean;
  confirmed: boolean;
  deployError: string | null;
  /** Of the activities of that name, while it is set: how long they take (ms). */
  delay: Partial<Record<keyof Activities, number>>;
  calls: string[];
  notifications: Notification[];
}

export const emptyWorld = (): World => ({
  live: 'none',
  versions: { blue: null, green: null },
  capacity: { blue: 0, green: 0 },
  errorRate: 0,
  smokeTestsPass: true,
  confirmed: true,
  deployError: null,
  delay: {},
  calls: [],
  notifications: [],
});

export const worldWith = (live: Color, version: string): World => {
  const world = emptyWorld();
  world.live = live;
  world.versions[live] = version;
  world.capacity[live] = 1;
  return world;
};

const fail = (type: string, message: string, details?: unknown): never => {
  throw ApplicationFailure.create({ type, message, nonRetryable: true, details: details === undefined ? [] : [details] });
};

export function simulatedActivities(world: World): Activities {
  const routing = () => ({ to: world.live, summary: `all users to ${world.live}` });
  const state = (color: Color) => ({
    version: world.versions[color],
    capacity: world.capacity[color],
    ready: world.capacity[color],
    detail: null,
  });
  const refuseLive = (color: Color): void => {
    if (world.live === color) fail('ColorIsLive', `users are on ${color}`, { found: routing() });
  };
  const all: Activities = {
    observe: async () => ({ routing: routing(), blue: state('blue'), green: state('green') }),
    readRouting: async () => ({ routing: routing() }),
    drain: async () => ({ detail: 'no open connections' }),
    deploy: async ({ plan, color, capacity }) => {
      refuseLive(color);
      if (world.deployError) fail('DeployFailed', world.deployError);
      world.versions[color] = plan.version;
      world.capacity[color] = capacity;
      return { detail: null };
    },
    smokeTest: async () => ({ tests: [{ name: 'health', passed: world.smokeTestsPass, detail: 'simulated', durationMs: 1 }] }),
    warmUp: async () => ({ requests: 1, failed: 0 }),
    switchTraffic: async ({ to, expect, minimum }) => {
      if (world.live === to) return { routing: routing(), at: Date.now() };
      if (expect !== null && !(expect as string[]).includes(world.live)) fail('Drift', 'drift', { found: routing() });
      if (world.capacity[to] < minimum) fail('TargetNotReady', `${to} is not ready`);
      world.live = to;
      return { routing: routing(), at: Date.now() };
    },
    confirm: async () => ({ confirmed: world.confirmed, detail: 'simulated' }),
    sample: async ({ plan, endsAt, since, count }) => {
      // Time is skipped by the server, not by the worker's clock: a sample says that it was taken when it was due.
      const samples = Array.from({ length: count }, (_, index) => ({
        at: Math.min(since + (index + 1) * plan.monitor.intervalMs, endsAt),
        routing: routing(),
        ready: 1,
        detail: null,
        checks: plan.monitor.checks.map(({ name }) => ({ name, value: world.errorRate, failed: false, detail: null })),
      }));
      return { samples, cursors: {} };
    },
    scale: async ({ color, capacity, grow }) => {
      if (grow === 'down') refuseLive(color);
      world.capacity[color] = capacity;
    },
    remove: async ({ color }) => {
      refuseLive(color);
      world.capacity[color] = 0;
      world.versions[color] = null;
    },
    notify: async ({ notification }) => {
      world.notifications.push(notification);
    },
  };
  const recorded = Object.entries(all).map(([name, work]) => [
    name,
    async (input: { color?: Color; to?: Color }) => {
      world.calls.push([name, input.to ?? input.color].filter(Boolean).join(' '));
      const wait = world.delay[name as keyof Activities];
      if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
      return (work as (input: unknown) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(recorded) as Activities;
}

export const planFor = (version: string, changes: Partial<Plan> = {}): Plan => ({
  planVersion: 1,
  service: 'shop',
  version,
  folder: '/nowhere',
  concurrency: 'reject',
  router: { type: 'simulated', options: {} },
  environment: { type: 'simulated', options: {}, deployTimeoutMs: 60_000 },
  endpoints: { blue: null, green: null, preview: null },
  identity: null,
  smokeTests: [],
  warmup: null,
  approval: { required: false, timeoutMs: 3_600_000, onTimeout: 'reject' },
  switch: { window: null, confirm: { url: 'http://127.0.0.1:1', consecutive: 1, timeoutMs: 1_000 }, drainMs: 30_000 },
  monitor: {
    durationMs: 600_000,
    intervalMs: 60_000,
    checks: [
      {
        name: 'error-rate',
        source: { type: 'simulated', options: {} },
        max: 0.05,
        min: null,
        failureLimit: 0,
        noData: 'ignore',
        minSamples: 0,
      },
    ],
  },
  retention: { durationMs: 86_400_000, capacity: 1, then: 'remove' },
  notify: [],
  ...changes,
});
