/** What goes from run to run. On a real server: the one that skips time loses what arrives in the moment of a hand-over. */
import { describe, expect, test } from 'vitest';
import { realEnvironment } from './realServer.ts';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { hold, type World, worldWith } from './world.ts';

const { withService } = useBench(realEnvironment);

const NO_RETENTION = { retention: { durationMs: 0, capacity: 1, then: 'remove' as const } };

/** v2 over v1, succeeded, and v1 is gone. */
async function removed(world: World, use: (shop: RunningService) => Promise<void>): Promise<void> {
  await withService(world, async (shop) => {
    await shop.submit(shop.plan('v2', NO_RETENTION));
    await shop.until(({ phase }) => phase === 'ended');
    expect(world.capacity.blue).toBe(0);
    await use(shop);
  });
}

describe('rollback after removal', () => {
  test('is a deployment of its own: brought up, smoke-tested, switched, monitored, with the old plan', () =>
    removed(worldWith('blue', 'v1'), async (shop) => {
      const first = (await shop.status())!.deploymentId;
      const decided = await shop.decide('rollback', { reason: 'slow leak' });
      expect(decided.deploymentId).not.toBe(first);
      const done = await shop.until(({ deploymentId, outcome }) => deploymentId === decided.deploymentId && outcome !== null);
      expect(done).toMatchObject({ kind: 'rollback', version: 'v1', previousVersion: 'v2', color: 'blue', outcome: 'succeeded' });
      const names = done.steps.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['deploy', 'test', 'switch', 'confirm', 'monitor']));
      expect((await shop.history()).map(({ status: { kind, version } }) => [kind, version])).toEqual([
        ['deployment', 'v2'],
        ['rollback', 'v1'],
      ]);
    }));

  test('is refused a second time, and says how the other version is named', () =>
    removed(worldWith('blue', 'v1'), async (shop) => {
      const { deploymentId } = await shop.decide('rollback');
      await shop.until((status) => status.deploymentId === deploymentId && status.outcome !== null);
      expect((await refusalOf(shop.decide('rollback'))).message).toContain('--to v2');
    }));

  test('brings up the version that is named', () => {
    const world = worldWith('blue', 'v1');
    return removed(world, async (shop) => {
      const { deploymentId } = await shop.decide('rollback', { to: 'v0' });
      const done = await shop.until((status) => status.deploymentId === deploymentId && status.outcome !== null);
      expect(done).toMatchObject({ kind: 'rollback', version: 'v0', outcome: 'succeeded' });
      expect(world.versions.blue).toBe('v0');
    });
  });

  test('that breaks a bound itself goes back to what was live', () => {
    const world = worldWith('blue', 'v1');
    return removed(world, async (shop) => {
      world.errorRate = 0.9;
      const { deploymentId } = await shop.decide('rollback');
      const done = await shop.until((status) => status.deploymentId === deploymentId && status.phase === 'ended');
      expect(done).toMatchObject({ kind: 'rollback', outcome: 'rolled-back', liveColor: 'green' });
      expect(world.versions.green).toBe('v2');
    });
  });
});

describe('rollback', () => {
  test('after a deployment that never switched still means the last switch that users saw', async () => {
    const world = worldWith('blue', 'v1');
    await removed(world, async (shop) => {
      world.broken.add('v3');
      await shop.submit(shop.plan('v3'));
      await shop.until(({ version, phase }) => version === 'v3' && phase === 'ended');
      const { deploymentId } = await shop.decide('rollback');
      const done = await shop.until((status) => status.deploymentId === deploymentId && status.outcome !== null);
      expect(done).toMatchObject({ kind: 'rollback', version: 'v1', outcome: 'succeeded' });
      expect(world.versions[world.live as 'blue']).toBe('v1');
    });
  });
});

describe('notifications', () => {
  test('that hang hold up neither the deployment nor the one after it, and are delivered in the end', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'notify');
      await shop.submit(shop.plan('v2', { notify: [{ type: 'simulated', options: {} }] }));
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
      await shop.submit(shop.plan('v3'));
      await shop.soon(({ version, outcome }) => version === 'v3' && outcome === 'succeeded');
      release();
      await expect.poll(() => world.notifications.map(({ event }) => event)).toContain('outcome');
    });
  });
});

test('a run that was cancelled in Temporal leaves the service as it was: the next deployment goes its way', async () => {
  const world = worldWith('blue', 'v1');
  await withService(world, async (shop) => {
    const release = hold(world, 'sample');
    await shop.submit(shop.plan('v2'));
    await shop.soon(({ phase }) => phase === 'monitoring');
    await shop.handle().cancel();
    await shop.soon(({ phase }) => phase === 'ended');
    release();
    await shop.submit(shop.plan('v3'));
    const next = await shop.soon(({ version, outcome }) => version === 'v3' && outcome !== null);
    expect(next).toMatchObject({ outcome: 'succeeded', previousVersion: 'v1' });
    expect(world.live).toBe('green');
  });
});

test('A deployment that follows a rollback --now begins when the old color has its whole capacity again', () => {
  const world = worldWith('blue', 'v1', 3);
  return withService(world, async (shop) => {
    await shop.submit(shop.plan('v2'));
    await shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
    const release = hold(world, 'scale blue');
    await shop.decide('rollback', { now: true });
    await shop.soon(({ steps }) => steps.at(-1)?.name === 'make-whole');
    await shop.submit(shop.plan('v3'));
    expect(await shop.status()).toMatchObject({ version: 'v2', phase: 'decommissioning', outcome: 'rolled-back' });
    release();
    await shop.soon(({ version, outcome }) => version === 'v3' && outcome === 'succeeded');
    expect(world.capacity.green).toBe(3);
  });
});
