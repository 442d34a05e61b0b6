import { describe, expect, test } from 'vitest';
import { type RunningService, useBench } from './service.ts';
import { called, hold, type World, worldWith } from './world.ts';

const { withService } = useBench();

const WEBHOOK = { notify: [{ type: 'simulated', options: {} }] };
const unavailable = { type: 'Unavailable', message: 'the router does not answer', final: false };

/** v2 over v1, in its monitoring window, the sample held. */
async function monitored(world: World, use: (shop: RunningService, release: () => void) => Promise<void>): Promise<void> {
  await withService(world, async (shop) => {
    const release = hold(world, 'sample');
    await shop.submit(shop.plan('v2', WEBHOOK));
    await shop.soon(({ phase }) => phase === 'monitoring');
    await use(shop, release).finally(release);
  });
}

describe('a rollback that is asked for', () => {
  test('does not wait for the sample that is being taken', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop) => {
      await shop.decide('rollback');
      // The sample is still held: what comes after it did not wait.
      await shop.soon(({ outcome }) => outcome === 'rolled-back');
      expect(world.live).toBe('blue');
    });
  });

  test('does not wait for the confirmation of the switch', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'confirm');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'confirm');
      await shop.decide('rollback');
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'confirm-back');
      expect(world.live).toBe('blue');
      release();
      await shop.soon(({ phase, outcome }) => phase === 'ended' && outcome === 'rolled-back');
    });
  });

  test('awaits the forward switch that is in flight, then undoes it', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'switchTraffic green');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'switching');
      await shop.decide('rollback');
      await shop.soon(({ phase }) => phase === 'rolling-back');
      expect(called(world, 'switchTraffic blue')).toBe(0);
      release();
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      const writes = world.calls.filter((call) => call.startsWith('switchTraffic'));
      expect(writes).toEqual(['switchTraffic green', 'switchTraffic blue']);
      expect(world.live).toBe('blue');
    });
  });

  test('finds the router back already, because somebody was faster: done, not drift', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop) => {
      world.live = 'blue';
      await shop.decide('rollback');
      expect(await shop.soon(({ outcome }) => outcome !== null)).toMatchObject({ outcome: 'rolled-back' });
    });
  });
});

describe('a way back that fails', () => {
  test('is tried until it works, and people hear of the delay', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop, release) => {
      world.trouble['switchTraffic blue'] = unavailable;
      await shop.decide('rollback');
      release();
      await shop.soon(({ phase }) => phase === 'rolling-back');
      await shop.until(() => world.notifications.some(({ event }) => event === 'rollback-delayed'), '2s');
      expect(await shop.status()).toMatchObject({ phase: 'rolling-back', outcome: null });
      world.trouble = {};
      const ended = await shop.until(({ outcome }) => outcome !== null, '2s');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(called(world, 'switchTraffic blue')).toBeGreaterThan(3);
    });
  });

  test('that is quick alerts nobody', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop, release) => {
      await shop.decide('rollback');
      release();
      await shop.soon(({ phase }) => phase === 'ended');
      await shop.skip('1m');
      expect(world.notifications.map(({ event }) => event)).not.toContain('rollback-delayed');
    });
  });

  test('because the old color died brings it up again, and users get there', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop) => {
      world.dead.add('blue');
      await shop.decide('rollback');
      const ended = await shop.soon(({ phase }) => phase === 'ended' || phase === 'needs-intervention');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(ended.steps.map(({ name }) => name)).toContain('revive');
      expect(called(world, 'deploy blue')).toBe(1);
      expect(world.versions.blue).toBe('v1');
    });
  });

  test('for good asks a person, and retry goes back when the cause is gone', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop) => {
      world.trouble['switchTraffic blue'] = { type: 'PermissionDenied', message: 'elasticloadbalancing:ModifyListener', final: true };
      await shop.decide('rollback');
      const asked = await shop.soon(({ phase }) => phase === 'needs-intervention');
      expect(asked.reason).toBe('the way back to v1 is blocked: elasticloadbalancing:ModifyListener');
      expect(asked.outcome).toBeNull();
      world.trouble = {};
      await shop.decide('resolve', { how: 'retry' });
      expect(await shop.soon(({ phase }) => phase === 'ended')).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    });
  });

  test('to be confirmed asks a person, who can adopt it', () => {
    const world = worldWith('blue', 'v1');
    return monitored(world, async (shop) => {
      world.unconfirmed.add('v1');
      await shop.decide('rollback');
      const asked = await shop.soon(({ phase }) => phase === 'needs-intervention');
      expect(asked.reason).toContain('the router is back on blue, but that was not confirmed');
      await shop.decide('resolve', { how: 'adopt' });
      expect(await shop.soon(({ phase }) => phase === 'ended')).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(world.capacity).toEqual({ blue: 1, green: 0 });
    });
  });
});
