import { describe, expect, test } from 'vitest';
import { type RunningService, useBench } from './service.ts';
import { called, hold, type World, worldWith } from './world.ts';

const { withService } = useBench();

/** Cancels the run from outside while that activity runs. */
async function cancelledDuring(activity: string, use: (shop: RunningService, release: () => void, world: World) => Promise<void>) {
  const world = worldWith('blue', 'v1');
  await withService(world, async (shop) => {
    const release = hold(world, activity);
    await shop.submit(shop.plan('v2'));
    await shop.soon(() => world.calls.some((call) => call.startsWith(activity)));
    await shop.handle().cancel();
    await use(shop, release, world).finally(release);
  });
}

const over = (shop: RunningService) => shop.soon(({ phase }) => phase === 'ended');

describe('cancelling the run in Temporal', () => {
  test('before the switch is an abort: what was begun is cleaned up', () =>
    cancelledDuring('deploy', async (shop, release, world) => {
      await shop.soon(({ outcome }) => outcome === 'aborted');
      // Bringing up is a change: it is finished before it is undone.
      expect(called(world, 'remove green')).toBe(0);
      release();
      expect(await over(shop)).toMatchObject({ outcome: 'aborted', liveColor: 'blue', reason: 'the run was cancelled in Temporal' });
      expect(world.capacity).toEqual({ blue: 1, green: 0 });
    }));

  test('during the switch is a rollback, after the switch has been awaited', () =>
    cancelledDuring('switchTraffic green', async (shop, release, world) => {
      await shop.soon(({ phase }) => phase === 'rolling-back');
      expect(called(world, 'switchTraffic blue')).toBe(0);
      release();
      expect(await over(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(world.live).toBe('blue');
    }));

  test('after the switch is a rollback, at once', () =>
    cancelledDuring('sample', async (shop, _, world) => {
      expect(await over(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(world.capacity).toEqual({ blue: 1, green: 0 });
    }));

  test('while the old color is retained undoes nothing', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      await shop.until(({ steps }) => steps.at(-1)?.name === 'retain');
      await shop.handle().cancel();
      await shop.skip('10m');
      expect(await shop.status()).toMatchObject({ phase: 'retaining', outcome: 'succeeded', liveColor: 'green' });
      await shop.until(({ phase }) => phase === 'ended', '2h');
      expect(world.capacity).toEqual({ blue: 0, green: 1 });
    });
  });

  test('while it goes back does not stop the way back', async () => {
    const world = worldWith('blue', 'v1');
    world.errorRate = 0.5;
    await withService(world, async (shop) => {
      const release = hold(world, 'switchTraffic blue');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'rolling-back');
      await shop.handle().cancel();
      release();
      expect(await over(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    });
  });

  test('while a person is asked after the switch is a rollback', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'monitoring');
      world.live = 'other';
      release();
      await shop.soon(({ phase }) => phase === 'needs-intervention');
      world.live = 'green';
      await shop.handle().cancel();
      expect(await over(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    });
  });
});
