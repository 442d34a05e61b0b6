/**
 * A world without processes, for tests in which hours pass: simulated activities, with a real workflow on a real
 * (time-skipping) server. Everything else is tested with the real parts (test/e2e).
 */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Activities } from '../../src/activities/types.ts';
import { type CheckReading, isRemarkable, type Sample } from '../../src/core/gate.ts';
import { type Color, checksHealth, isPrepared, type Plan } from '../../src/core/plan.ts';
import type { ActivityName, SimulatedReading, World } from './world.ts';

/** Benign: the worker does not log what a test wants. */
const failure = (type: string, message: string, nonRetryable: boolean, details: unknown[] = []): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable, details, category: ApplicationFailureCategory.BENIGN });

const fail = (type: string, message: string, ...details: unknown[]): never => {
  throw failure(type, message, true, details);
};

export function simulatedActivities(world: World): Activities {
  const routing = () => ({ to: world.live, summary: `all users to ${world.live}` });
  const ready = (color: Color): number => (world.dead.has(color) ? 0 : world.capacity[color]);
  const state = (color: Color) => ({
    version: world.versions[color],
    capacity: world.capacity[color],
    ready: ready(color),
    detail: null,
  });
  const refuseLive = (color: Color): void => {
    if (world.live === color) fail('ColorIsLive', `users are on ${color}`, { found: routing() });
  };
  const sampleOf = (plan: Plan, color: Color, at: number): Sample => ({
    at,
    routing: routing(),
    ready: ready(color),
    detail: null,
    checks: plan.monitor.checks.map(({ name }) => reading(name, world.readings.length > 0 ? world.readings.shift()! : world.errorRate)),
  });
  return recorded(world, {
    observe: async ({ plan }) => ({
      routing: routing(),
      blue: state('blue'),
      green: state('green'),
      ...(checksHealth(plan) && { snapshot: { live: world.live } }),
    }),
    inspect: async () => ({ findings: [] }),
    attach: async ({ color }) => {
      if (world.live === color) fail('Drift', 'drift', { found: routing() });
      world.attached.add(color);
      return { detail: 'simulated' };
    },
    awaitReady: async ({ color }) => ({ detail: `${ready(color)} healthy` }),
    spread: async () => ({ detail: 'simulated' }),
    settle: async ({ live, snapshot }) => {
      world.attached = new Set([live]);
      world.settledTo.push(snapshot);
    },
    readRouting: async () => ({ routing: routing() }),
    drain: async () => ({ detail: 'no open connections' }),
    deploy: async ({ plan, color, capacity }) => {
      if (!world.dead.has(color)) refuseLive(color);
      world.versions[color] = plan.version;
      world.capacity[color] = capacity;
      world.dead.delete(color);
      return { detail: null, ready: ready(color) };
    },
    smokeTest: async ({ plan }) => ({
      tests: [{ name: 'health', passed: !world.broken.has(plan.version), detail: 'simulated', durationMs: 1 }],
    }),
    warmUp: async ({ plan }) => ({ requests: plan.warmup?.requests ?? 0, failed: 0 }),
    switchTraffic: async ({ plan, to, expect, minimum }) => {
      if (world.live === to) return { routing: routing(), at: Date.now() };
      if (expect !== null && !(expect as string[]).includes(world.live)) fail('Drift', 'drift', { found: routing() });
      if (ready(to) < minimum) fail('TargetNotReady', `${to} is not ready`, { wanted: minimum, healthy: ready(to), found: routing() });
      const unseen = isPrepared(plan) && expect !== null && !world.attached.has(to);
      if (unseen) fail('TargetNotReady', `${to} is not checked`, { wanted: 1 });
      if (world.sticky && world.live !== 'none' && world.live !== 'other') world.attached.delete(world.live);
      world.attached.add(to);
      world.live = to;
      return { routing: routing(), at: Date.now() };
    },
    confirm: async ({ version }) => ({ confirmed: !world.unconfirmed.has(version ?? ''), detail: 'simulated' }),
    sample: async ({ plan, color, endsAt, since, count }) => {
      // Time is skipped by the server, not by the worker's clock: a sample says that it was taken when it was due.
      const samples: Sample[] = [];
      for (let index = 1; index <= count; index++) {
        const sample = sampleOf(plan, color, Math.min(since + index * plan.monitor.intervalMs, endsAt));
        samples.push(sample);
        if (isRemarkable(plan.monitor.checks, sample, color)) break;
      }
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
  });
}

const reading = (name: string, value: SimulatedReading): CheckReading =>
  value === 'unmeasured'
    ? { name, value: null, failed: true, detail: 'the source does not answer' }
    : { name, value, failed: false, detail: null };

/** Writes every call down, and gives a test its say in it: how long it takes, whether it fails. */
function recorded(world: World, activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, work]) => [
    name,
    async (input: { color?: Color; to?: Color }) => {
      const call = [name, input.to ?? input.color].filter(Boolean).join(' ');
      world.calls.push(call);
      await (world.holds[call] ?? world.holds[name]);
      const wait = world.delay[name as ActivityName];
      if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
      const trouble = world.trouble[call] ?? world.trouble[name];
      if (trouble) throw failure(trouble.type, trouble.message, trouble.final);
      return (work as (input: unknown) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}
