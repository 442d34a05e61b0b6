import { describe, expect, test } from 'vitest';
import { MINUTE, planFor } from './plans.ts';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { called, emptyWorld, hold, type World, worldWith } from './world.ts';

const { withService } = useBench();

/** v2 over v1, succeeded and retained. */
async function retained(world: World, use: (shop: RunningService) => Promise<void>): Promise<void> {
  await withService(world, async (shop) => {
    await shop.submit(shop.plan('v2'));
    await shop.until(({ steps }) => steps.at(-1)?.name === 'retain');
    await use(shop);
  });
}

const back = (shop: RunningService) => shop.until(({ outcome, phase }) => outcome === 'rolled-back' && phase === 'ended');

describe('rollback while monitored', () => {
  test('puts users back on the version before and removes the new one', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'monitoring');
      await shop.decide('rollback', { reason: 'checkout is broken' });
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      release();
      expect(ended).toMatchObject({
        outcome: 'rolled-back',
        version: 'v2',
        color: 'green',
        previousVersion: 'v1',
        previousColor: 'blue',
        liveColor: 'blue',
        reason: 'rolled back by ada: checkout is broken',
      });
      expect(world.capacity).toEqual({ blue: 1, green: 0 });
    });
  });

  test('is refused a second time, also when all is over', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      const done = hold(world, 'switchTraffic blue');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'monitoring');
      await shop.decide('rollback');
      release();
      expect((await refusalOf(shop.decide('rollback'))).message).toBe('v2 is being rolled back already');
      done();
      await back(shop);
      expect((await refusalOf(shop.decide('rollback'))).message).toBe('v2 was rolled back already: users are on v1');
    });
  });
});

describe('rollback before the switch', () => {
  test('is refused, and says what to do instead', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'deploy');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'deploying');
      expect((await refusalOf(shop.decide('rollback'))).message).toContain('abort it instead');
      release();
    });
  });

  test('is refused for the first deployment ever, while monitored too', async () => {
    const world = emptyWorld();
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v1'));
      await shop.soon(({ phase }) => phase === 'monitoring');
      expect((await shop.status())?.actions).not.toContain('rollback');
      expect((await refusalOf(shop.decide('rollback'))).message).toContain('nothing to roll back to');
      release();
    });
  });
});

describe('rollback while retained', () => {
  test('switches back at once where the old color is as large as the new one, and the outcome is rolled-back', () => {
    const world = worldWith('blue', 'v1');
    return retained(world, async (shop) => {
      await shop.skip('3h');
      const { deploymentId } = (await shop.status())!;
      expect((await shop.decide('rollback')).deploymentId).toBe(deploymentId);
      expect(await back(shop)).toMatchObject({ deploymentId, liveColor: 'blue', outcome: 'rolled-back' });
      expect(called(world, 'scale blue')).toBe(0);
      expect(world.capacity).toEqual({ blue: 1, green: 0 });
    });
  });

  test('at a smaller capacity brings the old color to its former one first', () => {
    const world = worldWith('blue', 'v1', 3);
    return retained(world, async (shop) => {
      expect(world.capacity.blue).toBe(1);
      await shop.decide('rollback');
      await back(shop);
      const write = world.calls.indexOf('switchTraffic blue');
      expect(world.calls.lastIndexOf('scale blue')).toBeLessThan(write);
      expect(called(world, 'scale blue')).toBe(2);
      expect(world.capacity.blue).toBe(3);
    });
  });

  test('with now switches at once, whatever the capacity is, and asks for the rest of it when users are back', () => {
    const world = worldWith('blue', 'v1', 3);
    return retained(world, async (shop) => {
      await shop.decide('rollback', { now: true });
      await back(shop);
      const write = world.calls.indexOf('switchTraffic blue');
      expect(world.calls.slice(write).filter((call) => /^(scale|remove)/.test(call))).toEqual(['scale blue', 'remove green']);
      expect(called(world, 'scale blue')).toBe(2);
      expect(world.capacity).toEqual({ blue: 3, green: 0 });
    });
  });

  test('to the version that is retained, by its name, is the same', () => {
    const world = worldWith('blue', 'v1');
    return retained(world, async (shop) => {
      await shop.decide('rollback', { to: 'v1' });
      expect((await back(shop)).liveColor).toBe('blue');
    });
  });
});

test('rollback after the retention of a color that is kept is as while retained', async () => {
  const world = worldWith('blue', 'v1', 2);
  await withService(world, async (shop) => {
    await shop.submit(shop.plan('v2', { retention: { ...planFor('').retention, durationMs: MINUTE, then: 'keep' } }));
    const { deploymentId } = await shop.until(({ phase }) => phase === 'ended');
    expect((await shop.decide('rollback')).deploymentId).toBe(deploymentId);
    await back(shop);
    expect(world.capacity).toEqual({ blue: 2, green: 0 });
  });
});
