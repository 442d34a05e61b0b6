import { describe, expect, test } from 'vitest';
import type { Plan, SwitchWindow } from '../../src/core/plan.ts';
import { HOUR, MINUTE, planFor } from './plans.ts';
import { useBench } from './service.ts';
import { called, hold, worldWith } from './world.ts';

const bench = useBench();
const { withService } = bench;

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 16);

/** Each day from `inMs` on, for an hour, by the server's clock. */
async function opening(inMs: number): Promise<{ switch: Plan['switch'] }> {
  const now = await bench.environment().currentTimeMs();
  const window: SwitchWindow = {
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    from: timeOf(now + inMs),
    to: timeOf(now + inMs + HOUR),
    timezone: 'UTC',
  };
  return { switch: { ...planFor('').switch, window } };
}

describe('the switch window', () => {
  test('is waited for: users are switched when it opens, not before', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', await opening(3 * HOUR)));
      const waiting = await shop.soon(({ phase }) => phase === 'awaiting-window');
      expect(waiting.actions).toEqual(expect.arrayContaining(['promote', 'abort']));
      await shop.skip('2h');
      expect(world.live).toBe('blue');
      const passed = await shop.until(({ outcome }) => outcome !== null, '10m');
      expect(passed.outcome).toBe('succeeded');
      expect(Date.parse(passed.switchedAt!)).toBeGreaterThanOrEqual(Date.parse(waiting.until!));
      expect(Date.parse(passed.switchedAt!)).toBeLessThan(Date.parse(waiting.until!) + MINUTE);
    });
  });

  test('that is open holds nothing up', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', await opening(-10 * MINUTE)));
      const passed = await shop.until(({ outcome }) => outcome !== null);
      expect(passed.steps.map(({ name }) => name)).not.toContain('await-window');
    });
  });

  test('is overridden by promote, with who and why on record', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', await opening(3 * HOUR)));
      await shop.soon(({ phase }) => phase === 'awaiting-window');
      await shop.decide('promote', { reason: 'security fix' });
      const passed = await shop.soon(({ outcome }) => outcome !== null);
      expect(passed).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
      expect(passed.decisions).toMatchObject([{ action: 'promote', by: 'ada', reason: 'security fix' }]);
    });
  });

  test('never holds a rollback up', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', await opening(3 * HOUR)));
      await shop.soon(({ phase }) => phase === 'awaiting-window');
      const release = hold(world, 'sample');
      await shop.decide('promote');
      await shop.soon(({ phase }) => phase === 'monitoring');
      await shop.decide('rollback');
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      release();
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    });
  });

  test('does not hold up a rollback that is a deployment of its own, nor does approval', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const gates = { ...(await opening(3 * HOUR)), approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' as const } };
      await shop.submit(shop.plan('v2', { ...gates, retention: { durationMs: 0, capacity: 1, then: 'remove' } }));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      await shop.decide('approve');
      await shop.soon(({ phase }) => phase === 'awaiting-window');
      await shop.decide('promote');
      await shop.soon(({ phase }) => phase === 'ended');
      const { deploymentId } = await shop.decide('rollback');
      const back = await shop.soon((status) => status.deploymentId === deploymentId && status.outcome !== null);
      expect(back).toMatchObject({ kind: 'rollback', version: 'v1', outcome: 'succeeded' });
      expect(back.steps.map(({ name }) => name)).not.toContain('await-approval');
      expect(called(world, 'switchTraffic blue')).toBe(1);
    });
  });
});
