import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Taken } from '../../src/core/state.ts';
import { DECISIONS } from './happenings.ts';
import { CHECKING, check, HOUR, LOOKING, MINUTE, type PlanChanges, SLOW } from './plans.ts';
import { type Action, Schedule } from './schedule.ts';
import { emptyWorld, liveWorld, withHealthChecks, withHealthInSight } from './world.ts';

const PLANS: PlanChanges[] = [
  {},
  { retention: { durationMs: HOUR, capacity: 1, then: 'keep' }, switch: { confirm: null } },
  { retention: { durationMs: 0, capacity: 'keep', then: 'remove' }, monitor: { durationMs: 0, intervalMs: MINUTE, checks: [] } },
  { approval: { required: true, timeoutMs: HOUR, onTimeout: 'approve' }, warmup: { path: '/', requests: 10, concurrency: 1 } },
  { monitor: { durationMs: 3 * MINUTE, intervalMs: MINUTE, checks: [check({ noData: 'pause', failureLimit: 1, minSamples: 1 })] } },
  { router: CHECKING },
  {
    router: CHECKING,
    retention: { durationMs: HOUR, capacity: 1, then: 'keep' },
    approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' },
  },
  { router: LOOKING },
  { router: SLOW },
];

const decision = fc.constantFrom<Taken>(...DECISIONS, { name: 'rollback', to: 'request-1-v', now: false });
const happened = fc.boolean();

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('work' as const), fault: fc.nat({ max: 60 }) }) },
  { weight: 20, arbitrary: fc.constant<Action>({ do: 'work', fault: 0 }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('decide' as const), decision, id: fc.nat({ max: 400 }), happened }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      request: fc.nat({ max: 60 }),
      concurrency: fc.constantFrom('reject' as const, 'queue' as const, 'supersede' as const),
      happened,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), happened }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('interfere' as const), pick: fc.nat({ max: 20 }) }) },
);

const start = fc.constantFrom(emptyWorld, liveWorld(1), liveWorld(3));

/** fast-check prints the seed and the shortest schedule of a failure. */
test('Whatever is said and whatever fails, in any order, the safety rules hold and no request is lost, doubled or overtaken', () => {
  let steps = 0;
  let deployments = 0;
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      start,
      fc.constantFrom(...PLANS),
      fc.array(action, { minLength: 60, maxLength: 300, size: 'max' }),
      fc.boolean(),
      (world, plan, actions, sticky) => {
        const around = { [CHECKING.type]: withHealthChecks(world, sticky), [LOOKING.type]: withHealthInSight(world) };
        const schedule = new Schedule(around[plan.router?.type ?? ''] ?? world, plan);
        for (const one of actions) schedule.act(one);
        schedule.settle();
        steps += actions.length;
        deployments += schedule.books.begun.length;
        for (const { status } of schedule.service.record) seen.add(`${status.kind} ${status.outcome}`);
      },
    ),
    { numRuns: 600 },
  );
  expect(steps).toBeGreaterThan(10_000);
  expect(deployments).toBeGreaterThan(1_000);
  const outcomes = ['succeeded', 'rejected', 'aborted', 'superseded', 'failed', 'rolled-back'];
  expect([...seen]).toEqual(expect.arrayContaining(outcomes.map((outcome) => `deployment ${outcome}`)));
  expect([...seen]).toEqual(expect.arrayContaining(['rollback succeeded', 'rollback failed', 'rollback rolled-back']));
});
