import { describe, expect, test } from 'vitest';
import { HOUR } from './plans.ts';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { called, worldWith } from './world.ts';

const { withService } = useBench();

const approval = (onTimeout: 'reject' | 'approve') => ({ approval: { required: true, timeoutMs: HOUR, onTimeout } });

async function untilAsked(shop: RunningService, onTimeout: 'reject' | 'approve' = 'reject') {
  await shop.submit(shop.plan('v2', approval(onTimeout)));
  return await shop.soon(({ phase }) => phase === 'awaiting-approval');
}

describe('a deployment that needs approval', () => {
  test('waits tested and unswitched, says until when and what can be answered, and goes on when approved', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const asked = await untilAsked(shop);
      expect(asked.actions).toEqual(expect.arrayContaining(['approve', 'reject', 'abort']));
      expect(asked.actions).not.toContain('rollback');
      expect(Date.parse(asked.until!) - Date.parse(asked.steps.at(-1)!.startedAt)).toBe(HOUR);
      expect(world.calls).toContain('smokeTest green');
      expect(world.live).toBe('blue');
      await shop.decide('approve', { reason: 'looks right' });
      const passed = await shop.until(({ outcome }) => outcome !== null);
      expect(passed.outcome).toBe('succeeded');
      expect(passed.decisions).toMatchObject([{ action: 'approve', by: 'ada', reason: 'looks right' }]);
    });
  });

  test('ends as rejected when somebody says no, with who and why, and nothing of it stays up', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await untilAsked(shop);
      await shop.decide('reject', { reason: 'wrong build' });
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'rejected', reason: 'rejected by ada: wrong build', liveColor: 'blue' });
      expect(called(world, 'switchTraffic green')).toBe(0);
      expect(world.capacity.green).toBe(0);
    });
  });

  test('is rejected when nobody answers in time', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await untilAsked(shop);
      await shop.skip('50m');
      expect((await shop.status())?.phase).toBe('awaiting-approval');
      const ended = await shop.until(({ phase }) => phase === 'ended', '5m');
      expect(ended).toMatchObject({ outcome: 'rejected', reason: 'nobody approved it in time' });
      expect(world.live).toBe('blue');
    });
  });

  test('goes on when nobody answers in time, where the plan says so', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await untilAsked(shop, 'approve');
      const passed = await shop.until(({ outcome }) => outcome !== null, '10m');
      expect(passed.outcome).toBe('succeeded');
      const [entry] = await shop.history();
      expect(entry?.trail.map(({ what }) => what)).toContain('approved because nobody answered in time');
    });
  });

  test('can be aborted while it waits', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await untilAsked(shop);
      await shop.decide('abort', { reason: 'not today' });
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      expect(ended).toMatchObject({ outcome: 'aborted', reason: 'aborted by ada: not today' });
      expect(world.capacity.green).toBe(0);
    });
  });

  test('refuses an answer that comes twice or too late', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await untilAsked(shop);
      await shop.decide('approve');
      expect(await refusalOf(shop.decide('reject'))).toMatchObject({
        type: 'Refused',
        message: expect.stringContaining('nothing waits for approval'),
      });
    });
  });
});
