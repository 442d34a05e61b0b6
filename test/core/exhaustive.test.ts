import { describe, expect, test } from 'vitest';
import { possible } from '../../src/core/decide.ts';
import { explore, type Graph } from './explore.ts';
import { CHECKING, check, HOUR, LOOKING, MINUTE, type PlanChanges, planOf, SLOW } from './plans.ts';
import { PROMISES } from './promises.ts';
import { SAFETY_RULES } from './rules.ts';
import { emptyWorld, liveWorld, type World, withHealthChecks, withHealthInSight } from './world.ts';

const EVERY_DAY = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, to: '23:59', timezone: 'UTC' };
const monitored = (changes: Parameters<typeof check>[0]): PlanChanges => ({
  monitor: { durationMs: 2 * MINUTE, intervalMs: MINUTE, checks: [check(changes)] },
});

/** `interferences`: how often others may move users or break a color on one path. */
const SCENES: [string, PlanChanges, World, number][] = [
  ['the first deployment ever', {}, emptyWorld, 1],
  ['a later deployment', {}, liveWorld(1), 1],
  ['three copies, one kept', { monitor: { durationMs: MINUTE, intervalMs: MINUTE, checks: [] } }, liveWorld(3), 1],
  ['three copies, all checks', {}, liveWorld(3), 0],
  ['three copies, by the rules of before', { semantics: 1 }, liveWorld(3), 0],
  ['kept for good', { retention: { durationMs: HOUR, capacity: 1, then: 'keep' }, switch: { confirm: null } }, liveWorld(3), 0],
  ['kept as it was', { retention: { durationMs: 0, capacity: 'keep', then: 'keep' } }, liveWorld(1), 0],
  [
    'no window, no retention',
    { monitor: { durationMs: 0, intervalMs: MINUTE, checks: [] }, retention: { durationMs: 0, capacity: 1, then: 'remove' } },
    liveWorld(3),
    1,
  ],
  ['approval that expires', { approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' } }, liveWorld(1), 0],
  [
    'approval, then a switch window',
    {
      approval: { required: true, timeoutMs: HOUR, onTimeout: 'approve' },
      switch: { window: { ...EVERY_DAY, days: [...EVERY_DAY.days], from: '04:00' } },
    },
    liveWorld(1),
    0,
  ],
  [
    'no data pauses, one failure forgiven, two samples needed',
    monitored({ failureLimit: 1, noData: 'pause', minSamples: 2 }),
    liveWorld(1),
    0,
  ],
  [
    'no data fails, after a warm-up, without confirm',
    { ...monitored({ noData: 'fail' }), warmup: { path: '/', requests: 10, concurrency: 1 }, switch: { confirm: null } },
    liveWorld(1),
    1,
  ],
  [
    'the first deployment ever, with warm-up and pause',
    { ...monitored({ noData: 'pause' }), warmup: { path: '/', requests: 10, concurrency: 1 } },
    emptyWorld,
    1,
  ],
  ['a load balancer, three copies', { router: CHECKING, ...monitored({}) }, withHealthChecks(liveWorld(3)), 1],
  [
    'a load balancer with sticky clients',
    { router: CHECKING, retention: { durationMs: 0, capacity: 1, then: 'remove' } },
    withHealthChecks(liveWorld(3), true),
    1,
  ],
  [
    'a load balancer, kept, an approval before',
    {
      router: CHECKING,
      retention: { durationMs: HOUR, capacity: 1, then: 'keep' },
      approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' },
    },
    withHealthChecks(liveWorld(3)),
    0,
  ],
  ['a Service of Kubernetes', { router: LOOKING }, withHealthInSight(liveWorld(3)), 1],
  ['a Service of Kubernetes, by the rules of before', { router: LOOKING, semantics: 1 }, withHealthInSight(liveWorld(3)), 0],
  ['DNS', { router: SLOW }, liveWorld(1), 1],
  ['DNS, without confirm', { router: SLOW, switch: { confirm: null } }, emptyWorld, 1],
];

const RULES = [...SAFETY_RULES, ...PROMISES].map(([name]) => name);

describe.each(SCENES)('%s', (_, changes, world, interferences) => {
  const graph = explore(planOf(changes), world, interferences);

  test.each(RULES)('%s', (rule) => {
    expect(graph.violations.filter((violation) => violation.rule === rule)).toEqual([]);
  });

  test('Without further faults every deployment comes to its end, or to a person', () => {
    expect(pathsTo(graph, stuck(graph))).toEqual([]);
  });

  test('Whoever is asked has an answer that is taken, and answers that lead to the end', () => {
    const asked = graph.points.flatMap(({ state }, index) => (state.step.name === 'blocked' ? [index] : []));
    const endable = canReachEnd(graph);
    expect(
      pathsTo(
        graph,
        asked.filter((index) => possible(graph.points[index]!.state).length === 0),
      ),
    ).toEqual([]);
    expect(
      pathsTo(
        graph,
        asked.filter((index) => !endable.has(index)),
      ),
    ).toEqual([]);
  });

  test('It was an exploration', () => {
    expect(graph.points.length).toBeGreaterThan(50);
    const steps = new Set(graph.points.map(({ state }) => state.step.name));
    expect([...steps]).toEqual(
      expect.arrayContaining(['observe', 'deploy', 'test', 'switch', 'read-back', 'blocked', 'remove-new', 'ended']),
    );
  });
});

const pathsTo = (graph: Graph, indexes: number[]): string[] => indexes.slice(0, 2).map((index) => graph.pathTo(index));

/** Points from which the fault-free continuation never arrives. */
function stuck({ points, edges }: Graph): number[] {
  const arrives = new Set<number>();
  const isThere = (index: number): boolean => arrives.has(index) || ['ended', 'blocked'].includes(points[index]!.state.step.name);
  return points.flatMap((_, start) => {
    const way: number[] = [];
    let at = start;
    while (!isThere(at) && !way.includes(at)) {
      way.push(at);
      at = edges[at]!.find(({ kind }) => kind === 'fault-free')!.to;
    }
    if (!isThere(at)) return [start];
    for (const passed of way) arrives.add(passed);
    return [];
  });
}

/** Points from which answers, repairs and nothing going wrong lead to the end. */
function canReachEnd({ points, edges }: Graph): Set<number> {
  const sources = new Map<number, number[]>();
  edges.forEach((leaving, from) => {
    for (const { to, kind } of leaving) if (kind !== 'other') sources.set(to, [...(sources.get(to) ?? []), from]);
  });
  const reached = new Set(points.flatMap(({ state }, index) => (state.step.name === 'ended' ? [index] : [])));
  for (const index of reached) for (const source of sources.get(index) ?? []) reached.add(source);
  return reached;
}
