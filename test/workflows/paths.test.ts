import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeSkippingEnvironment } from '../support/temporal.ts';
import { withService } from './service.ts';
import { emptyWorld, worldWith } from './simulated.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
});
afterAll(() => env?.teardown());

describe('a deployment', () => {
  test('goes from deploying to ended over its window and a day of retention, and the old color is gone', async () => {
    const world = worldWith('blue', 'v1');
    await withService(env, world, async (shop) => {
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
      await shop.until(({ phase }) => phase === 'ended', '2h');
      expect(world.capacity.blue).toBe(0);
      expect(world.live).toBe('green');
    });
  });

  test('that is the first ever has no retention, and its rollback is refused', async () => {
    const world = emptyWorld();
    await withService(env, world, async (shop) => {
      await shop.submit(shop.plan('v1'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'succeeded', liveColor: 'blue', previousColor: null, previousVersion: null });
      await expect(shop.decide('rollback')).rejects.toMatchObject({ cause: { type: 'Refused' } });
    });
  });

  test('whose smoke test fails ends before the switch and leaves nothing behind', async () => {
    const world = worldWith('blue', 'v1');
    world.smokeTestsPass = false;
    await withService(env, world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'failed', liveColor: 'blue', reason: 'smoke test health: simulated' });
      expect(world.calls).not.toContain('switchTraffic green');
      expect(world.capacity.green).toBe(0);
    });
  });

  test('whose error rate breaks the bound goes back by itself', async () => {
    const world = worldWith('blue', 'v1');
    world.errorRate = 0.5;
    await withService(env, world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      const ended = await shop.until(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', version: 'v2', previousVersion: 'v1' });
      expect(ended.reason).toContain('error-rate was 0.5 (max 0.05)');
      expect(world.live).toBe('blue');
    });
  });
});
