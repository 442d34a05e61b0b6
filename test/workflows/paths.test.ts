import { describe, expect, test } from 'vitest';
import { refusalOf, useBench } from './service.ts';
import { called, emptyWorld, worldWith } from './world.ts';

const { withService } = useBench();

describe('a deployment', () => {
  test('goes from deploying to ended over its window and a day of retention, and the old color is gone', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const { deploymentId, how } = await shop.submit(shop.plan('v2'));
      expect(how).toBe('started');
      const passed = await shop.until(({ outcome }) => outcome !== null);
      expect(passed).toMatchObject({
        outcome: 'succeeded',
        version: 'v2',
        color: 'green',
        previousColor: 'blue',
        liveColor: 'green',
        deploymentId,
      });
      expect(passed.monitor?.checks[0]).toMatchObject({ name: 'error-rate', samples: 10, failures: 0, max: 0.05 });
      expect(world.capacity.blue).toBe(1);
      await shop.skip('23h');
      expect(world.capacity.blue).toBe(1);
      await shop.until(({ phase }) => phase === 'ended', '2h');
      expect(world.capacity.blue).toBe(0);
      expect(world.live).toBe('green');
    });
  });

  test('that is the first ever has no retention, and its rollback is refused', async () => {
    const world = emptyWorld();
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v1'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'succeeded', liveColor: 'blue', previousColor: null, previousVersion: null });
      expect(await refusalOf(shop.decide('rollback'))).toMatchObject({ type: 'Refused' });
    });
  });

  test('whose smoke test fails ends before the switch and leaves nothing behind', async () => {
    const world = worldWith('blue', 'v1');
    world.broken.add('v2');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'failed', liveColor: 'blue', reason: 'smoke test health: simulated' });
      expect(called(world, 'switchTraffic green')).toBe(0);
      expect(world.capacity.green).toBe(0);
    });
  });

  test('whose program does not come up ends before the switch with its last words, and leaves nothing behind', async () => {
    const world = worldWith('blue', 'v1');
    world.trouble.deploy = { type: 'DeployFailed', message: 'exited with 1: no such module', final: true };
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'failed', liveColor: 'blue', reason: 'deploy: exited with 1: no such module' });
      expect(world.calls).toContain('remove green');
    });
  });

  test('whose error rate breaks the bound goes back by itself', async () => {
    const world = worldWith('blue', 'v1');
    world.errorRate = 0.5;
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', version: 'v2', previousVersion: 'v1' });
      expect(ended.reason).toContain('error-rate was 0.5 (max 0.05)');
      expect(world.live).toBe('blue');
      expect(world.capacity.green).toBe(0);
    });
  });

  test('whose switch users never see goes back by itself', async () => {
    const world = worldWith('blue', 'v1');
    world.unconfirmed.add('v2');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', reason: 'the switch was not confirmed: simulated' });
      expect(world.live).toBe('blue');
    });
  });

  test('keeps the old color up at its smaller capacity where the plan says keep', async () => {
    const world = worldWith('blue', 'v1', 3);
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', { retention: { durationMs: 3_600_000, capacity: 1, then: 'keep' } }));
      await shop.until(({ phase }) => phase === 'ended', '1h');
      expect(world.capacity).toEqual({ blue: 1, green: 3 });
      await shop.decide('rollback');
      const back = await shop.until(({ phase }) => phase === 'ended');
      expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: 'v1' });
      expect(world.capacity).toEqual({ blue: 3, green: 0 });
    });
  });
});
