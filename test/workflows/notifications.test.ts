import { describe, expect, test } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import type { Plan } from '../../src/core/plan.ts';
import { useBench } from './service.ts';
import { called, hold, type World, worldWith } from './world.ts';

const { withService } = useBench();

const TOLD: Pick<Plan, 'notify'> = { notify: [{ type: 'simulated', options: {} }] };

/** Order does not matter: nobody waits for a notification. */
const told = (world: World): string[] =>
  world.notifications.map(({ event, status }) => `${event} ${(status as unknown as StatusDocument).phase}`).sort();

describe('notifications', () => {
  test('tell of every phase and of the outcome, each with the status document', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', TOLD));
      await shop.until(({ phase }) => phase === 'ended', '2h');
      await expect
        .poll(() => told(world))
        .toEqual([
          'outcome retaining',
          'phase decommissioning',
          'phase deploying',
          'phase ended',
          'phase monitoring',
          'phase switching',
          'phase testing',
        ]);
      expect(new Set(world.notifications.map(({ id }) => id)).size).toBe(world.notifications.length);
      const outcome = world.notifications.find(({ event }) => event === 'outcome');
      expect(outcome?.status).toMatchObject({ service: shop.service, version: 'v2', outcome: 'succeeded', liveColor: 'green' });
    });
  });

  test('tell of an automatic rollback when it begins, with the reason', async () => {
    const world = worldWith('blue', 'v1');
    world.errorRate = 0.5;
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', TOLD));
      await shop.until(({ phase }) => phase === 'ended');
      await expect.poll(() => told(world)).toEqual(expect.arrayContaining(['rollback rolling-back', 'outcome decommissioning']));
      const rollback = world.notifications.find(({ event }) => event === 'rollback');
      expect(rollback?.status).toMatchObject({ reason: expect.stringContaining('error-rate was 0.5') });
    });
  });

  test('tell of a decision and of a person who is needed', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v2', TOLD));
      await shop.soon(({ phase }) => phase === 'monitoring');
      await shop.decide('extend', { duration: '5m' });
      world.live = 'other';
      release();
      await shop.soon(({ phase }) => phase === 'needs-intervention');
      await expect
        .poll(() => told(world))
        .toEqual(expect.arrayContaining(['decision monitoring', 'needs-intervention needs-intervention']));
    });
  });

  test('hold nothing up when their receiver is down, and are given up after a few tries', async () => {
    const world = worldWith('blue', 'v1');
    world.trouble.notify = { type: 'Unavailable', message: '503', final: false };
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', TOLD));
      const passed = await shop.soon(({ outcome }) => outcome !== null);
      expect(passed).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
      await shop.until(({ phase }) => phase === 'ended', '2h');
      await shop.skip('5m');
      expect(called(world, 'notify')).toBe(7 * 3);
    });
  });
});
