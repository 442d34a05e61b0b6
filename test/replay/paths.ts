/** Every way that a deployment can go, each driven through the real workflow. The name is the file of its histories. */
import type { Plan } from '../../src/core/plan.ts';
import { HOUR, MINUTE, planFor } from '../workflows/plans.ts';
import type { RunningService } from '../workflows/service.ts';
import { emptyWorld, hold, type World, worldWith } from '../workflows/world.ts';

export interface Path {
  world(): World;
  drive(shop: RunningService, world: World): Promise<unknown>;
}

/** Three samples tell a replay as much as ten. */
const monitor = { ...planFor('').monitor, durationMs: 3 * MINUTE };
const BRIEF: Partial<Plan> = { retention: { durationMs: 300, capacity: 1, then: 'remove' } };
/** A load balancer, which checks the health of its targets; DNS, whose change takes time; a Service of Kubernetes, and nothing to test. */
const checking: Partial<Plan> = { router: { type: 'simulated', options: {}, switchTimeoutMs: 30_000, healthTimeoutMs: 60_000 }, ...BRIEF };
const slow: Partial<Plan> = { router: { type: 'simulated', options: {}, switchTimeoutMs: 30_000, spreadMs: 60_000 }, ...BRIEF };
const looking: Partial<Plan> = {
  router: { ...checking.router!, spreadMs: 0, prepares: false, readyWhenDeployed: true, countsConnections: false },
  smokeTests: [],
  untested: true,
  ...BRIEF,
};
const queue = { concurrency: 'queue' as const, ...BRIEF };
const approval = (timeoutMs: number, onTimeout: 'reject' | 'approve'): Partial<Plan> => ({
  approval: { required: true, timeoutMs, onTimeout },
  ...BRIEF,
});
/** Opens in some hours, whenever it is. */
const closedWindow = (): Partial<Plan> => {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString().slice(11, 16);
  const days: NonNullable<Plan['switch']['window']>['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return { switch: { ...planFor('').switch, window: { days, from: at(3), to: at(4), timezone: 'UTC' } }, ...BRIEF };
};

const over = (shop: RunningService) => shop.soon(({ phase }) => phase === 'ended');
const retained = (shop: RunningService) => shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
const succeeded = (shop: RunningService, version: string) =>
  shop.soon((status) => status.version === version && status.outcome === 'succeeded');

/** v2 over v1, up to that call, which is let go by the function that `then` is given. */
const held =
  (
    call: string,
    changes: Partial<Plan>,
    then: (shop: RunningService, release: () => void, world: World) => Promise<unknown>,
  ): Path['drive'] =>
  async (shop, world) => {
    const release = hold(world, call);
    await shop.submit(shop.plan('v2', { monitor, ...changes }));
    await shop.soon(() => world.calls.some((known) => known.startsWith(call)));
    await then(shop, release, world).finally(release);
  };

const drive = (changes: Partial<Plan>, then: (shop: RunningService) => Promise<unknown>, prepare = (_: World) => {}): Path => ({
  world: () => {
    const world = worldWith('blue', 'v1', 2);
    prepare(world);
    return world;
  },
  drive: async (shop) => {
    await shop.submit(shop.plan('v2', { monitor, ...changes }));
    await then(shop);
  },
});
const interrupted = (...how: Parameters<typeof held>): Path => ({ world: () => worldWith('blue', 'v1', 2), drive: held(...how) });

export const PATHS: { [name: string]: Path } = {
  succeeded: drive(BRIEF, over),
  'first-deployment': {
    world: emptyWorld,
    drive: async (shop) => {
      await shop.submit(shop.plan('v1', { monitor }));
      await over(shop);
    },
  },
  'automatic-rollback': drive(BRIEF, over, (world) => {
    world.errorRate = 0.5;
  }),
  'unconfirmed-switch': drive(BRIEF, over, (world) => world.unconfirmed.add('v2')),
  'smoke-test-failed': drive(BRIEF, over, (world) => world.broken.add('v2')),
  'deploy-failed': drive(BRIEF, over, (world) => {
    world.trouble.deploy = { type: 'DeployFailed', message: 'exited with 1', final: true };
  }),
  'warmed-up': drive({ warmup: { path: '/', requests: 10, concurrency: 2 }, ...BRIEF }, over),
  kept: drive({ retention: { durationMs: 300, capacity: 1, then: 'keep' } }, over),
  'rollback-while-monitored': interrupted('sample', BRIEF, async (shop, release) => {
    await shop.decide('rollback', { reason: 'checkout is broken' });
    release();
    await over(shop);
  }),
  'rollback-during-the-switch': interrupted('switchTraffic green', BRIEF, async (shop, release) => {
    await shop.decide('rollback');
    release();
    await over(shop);
  }),
  'rollback-while-retained': drive({}, async (shop) => {
    await retained(shop);
    await shop.decide('rollback');
    await over(shop);
  }),
  'rollback-now-while-retained': drive({}, async (shop) => {
    await retained(shop);
    await shop.decide('rollback', { now: true });
    await over(shop);
  }),
  'rollback-now-to-nothing-ready': interrupted('sample', looking, async (shop, release, world) => {
    world.dead.add('blue');
    await shop.decide('rollback', { now: true });
    release();
    await over(shop);
  }),
  // As plans of before had it: the old color stays as small as it was retained, and is waited for.
  'rollback-now-while-retained-by-rules-1': drive({ semantics: 1 }, async (shop) => {
    await retained(shop);
    await shop.decide('rollback', { now: true });
    await over(shop);
  }),
  'rollback-now-to-nothing-ready-by-rules-1': interrupted('sample', { ...looking, semantics: 1 }, async (shop, release, world) => {
    world.dead.add('blue');
    await shop.decide('rollback', { now: true });
    release();
    await over(shop);
  }),
  'rollback-after-removal': drive({ ...BRIEF }, async (shop) => {
    await over(shop);
    const { deploymentId } = await shop.decide('rollback');
    await shop.soon((status) => status.deploymentId === deploymentId && status.phase === 'ended');
  }),
  'rollback-to-a-dead-color': interrupted('sample', BRIEF, async (shop, release, world) => {
    world.dead.add('blue');
    await shop.decide('rollback');
    release();
    await over(shop);
  }),
  approved: drive(approval(HOUR, 'reject'), async (shop) => {
    await shop.soon(({ phase }) => phase === 'awaiting-approval');
    await shop.signal('approve');
    await over(shop);
  }),
  rejected: drive(approval(HOUR, 'reject'), async (shop) => {
    await shop.soon(({ phase }) => phase === 'awaiting-approval');
    await shop.decide('reject');
    await over(shop);
  }),
  'approval-expired': drive(approval(300, 'reject'), over),
  'approved-by-timeout': drive(approval(300, 'approve'), over),
  'switch-window-overridden': drive(closedWindow(), async (shop) => {
    await shop.soon(({ phase }) => phase === 'awaiting-window');
    await shop.decide('promote', { reason: 'security fix' });
    await over(shop);
  }),
  aborted: interrupted('smokeTest', BRIEF, async (shop, release) => {
    await shop.decide('abort');
    release();
    await over(shop);
  }),
  'extended-and-promoted': interrupted('sample', BRIEF, async (shop, release) => {
    await shop.decide('extend', { duration: '5m' });
    await shop.decide('promote');
    release();
    await over(shop);
  }),
  superseded: interrupted('smokeTest', { concurrency: 'supersede' }, async (shop, release) => {
    await shop.submit(shop.plan('v3', { monitor, concurrency: 'supersede', ...BRIEF }));
    release();
    await succeeded(shop, 'v3');
    await over(shop);
  }),
  queued: interrupted('deploy', queue, async (shop, release) => {
    await shop.submit(shop.plan('v3', { monitor, ...queue }));
    release();
    await succeeded(shop, 'v3');
    await over(shop);
  }),
  'taken-over-while-retained': drive({}, async (shop) => {
    await retained(shop);
    await shop.submit(shop.plan('v3', { monitor, ...BRIEF }));
    await succeeded(shop, 'v3');
    await over(shop);
  }),
  'drift-adopted': interrupted('sample', BRIEF, async (shop, release, world) => {
    world.live = 'blue';
    release();
    await shop.soon(({ phase }) => phase === 'needs-intervention');
    await shop.decide('resolve', { how: 'adopt' });
    await over(shop);
  }),
  'drift-restored': interrupted('smokeTest', BRIEF, async (shop, release, world) => {
    world.live = 'other';
    release();
    await shop.soon(({ phase }) => phase === 'needs-intervention');
    await shop.decide('resolve', { how: 'restore' });
    await over(shop);
  }),
  'way-back-blocked': interrupted('sample', BRIEF, async (shop, release, world) => {
    world.trouble['switchTraffic blue'] = { type: 'PermissionDenied', message: 'not allowed', final: true };
    await shop.decide('rollback');
    release();
    await shop.soon(({ phase }) => phase === 'needs-intervention');
    world.trouble = {};
    await shop.decide('resolve', { how: 'retry' });
    await over(shop);
  }),
  'switch-read-back': drive(BRIEF, over, (world) => {
    world.trouble['switchTraffic green'] = { type: 'Strange', message: 'socket hang up', final: true };
  }),
  'cancelled-before-the-switch': interrupted('deploy', BRIEF, async (shop, release) => {
    await shop.handle().cancel();
    await shop.soon(({ outcome }) => outcome === 'aborted');
    release();
    await over(shop);
  }),
  'cancelled-while-monitored': interrupted('sample', BRIEF, async (shop, release) => {
    await shop.handle().cancel();
    await shop.soon(({ phase }) => phase !== 'monitoring');
    release();
    await over(shop);
  }),
  'load-balancer': drive(checking, over),
  'load-balancer-rollback': interrupted('sample', checking, async (shop, release) => {
    await shop.decide('rollback');
    release();
    await over(shop);
  }),
  'load-balancer-with-sticky-clients': {
    world: () => ({ ...worldWith('blue', 'v1', 2), sticky: true }),
    drive: held('sample', checking, async (shop, release) => {
      await shop.decide('rollback');
      release();
      await over(shop);
    }),
  },
  'load-balancer-not-healthy': drive(checking, over, (world) => {
    world.trouble.awaitReady = { type: 'TargetNotReady', message: 'green has 0 healthy of 2 wanted', final: true };
  }),
  'kubernetes-service': drive(looking, over),
  'kubernetes-service-rollback': interrupted('sample', looking, async (shop, release) => {
    await shop.decide('rollback');
    release();
    await over(shop);
  }),
  dns: drive(slow, over),
  'dns-rollback': interrupted('sample', slow, async (shop, release) => {
    await shop.decide('rollback');
    release();
    await over(shop);
  }),
  notified: drive({ notify: [{ type: 'simulated', options: {} }], ...BRIEF }, over),
  forgotten: drive({}, async (shop) => {
    await retained(shop);
    await shop.forget();
    await shop.handle().result();
  }),
};
