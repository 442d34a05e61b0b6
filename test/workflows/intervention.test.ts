import { describe, expect, test } from 'vitest';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { called, emptyWorld, hold, type World, worldWith } from './world.ts';

const { withService } = useBench();

/** A person is asked, and what was answered before has been carried out. */
const asked = (shop: RunningService) =>
  shop.until(({ phase, actions }) => phase === 'needs-intervention' && actions.includes('resolve --retry'));
const ended = (shop: RunningService) => shop.until(({ phase, outcome }) => phase === 'ended' || outcome === 'succeeded');

/** Somebody changes the router by hand while v2 is at that activity. */
async function drifted(to: World['live'], during: string, use: (shop: RunningService, world: World) => Promise<void>): Promise<void> {
  const world = worldWith('blue', 'v1');
  await withService(world, async (shop) => {
    const release = hold(world, during);
    await shop.submit(shop.plan('v2'));
    await shop.soon(() => world.calls.some((call) => call.startsWith(during)));
    world.live = to;
    release();
    await asked(shop);
    await use(shop, world);
  });
}

describe('drift before the switch', () => {
  test('overwrites nothing, pauses and says what was found', () =>
    drifted('other', 'smokeTest', async (shop, world) => {
      const status = (await shop.status())!;
      expect(status).toMatchObject({ phase: 'needs-intervention', outcome: null, switchedAt: null });
      expect(status.reason).toBe('the router is not as this deployment left it: all users to other');
      expect(status.actions).toEqual(expect.arrayContaining(['resolve --adopt', 'resolve --restore', 'resolve --retry', 'abort']));
      expect(world.live).toBe('other');
      await shop.skip('6h');
      expect(world.live).toBe('other');
    }));

  test('restore puts back what the router said before, and the deployment goes on', () =>
    drifted('other', 'smokeTest', async (shop, world) => {
      await shop.decide('resolve', { how: 'restore' });
      expect(await ended(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
      expect(world.calls.filter((call) => call.startsWith('switchTraffic'))).toEqual([
        'switchTraffic green',
        'switchTraffic blue',
        'switchTraffic green',
      ]);
    }));

  test('retry goes on once the router is as it was', () =>
    drifted('other', 'smokeTest', async (shop, world) => {
      await shop.decide('resolve', { how: 'retry' });
      await asked(shop);
      world.live = 'blue';
      await shop.decide('resolve', { how: 'retry' });
      expect(await ended(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    }));

  test('abort gives up, and users stay where somebody sent them', () =>
    drifted('other', 'smokeTest', async (shop, world) => {
      await shop.decide('abort');
      expect((await ended(shop)).outcome).toBe('aborted');
      expect(world.live).toBe('other');
    }));
});

describe('drift that a sample finds', () => {
  test('adopt ends as rolled-back where somebody went back to the old color', () =>
    drifted('blue', 'sample', async (shop, world) => {
      await shop.decide('resolve', { how: 'adopt' });
      expect(await ended(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(world.live).toBe('blue');
      expect(called(world, 'switchTraffic blue')).toBe(0);
    }));

  test('adopt ends as succeeded where the router is on the new color again', () =>
    drifted('other', 'sample', async (shop, world) => {
      world.live = 'green';
      await shop.decide('resolve', { how: 'adopt' });
      expect(await ended(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    }));

  test('adopt is not enough where the router is on neither color', () =>
    drifted('other', 'sample', async (shop) => {
      await shop.decide('resolve', { how: 'adopt' });
      const still = await shop.soon(({ reason, phase }) => phase === 'needs-intervention' && reason!.includes('nothing to adopt'));
      expect(still.outcome).toBeNull();
    }));

  test('restore puts users on the new color again and watches on', () =>
    drifted('blue', 'sample', async (shop, world) => {
      await shop.decide('resolve', { how: 'restore' });
      expect(await ended(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
      expect(world.live).toBe('green');
    }));

  test('rollback is an answer, too: it overwrites what was found', () =>
    drifted('other', 'sample', async (shop, world) => {
      await shop.decide('rollback');
      expect(await ended(shop)).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(world.live).toBe('blue');
    }));
});

describe('the first deployment ever', () => {
  test('whose error rate breaks the bound asks a person, because there is no way back', async () => {
    const world = emptyWorld();
    world.errorRate = 0.5;
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v1'));
      const status = await asked(shop);
      expect(status.reason).toContain('nothing was live before, so there is no way back');
      expect(status.actions).not.toContain('rollback');
      expect(world.live).toBe('blue');
      await shop.decide('promote', { reason: 'known errors' });
      expect((await ended(shop)).outcome).toBe('succeeded');
    });
  });

  test('whose switch is not confirmed asks a person, and retry goes on when users get it', async () => {
    const world = emptyWorld();
    world.unconfirmed.add('v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v1'));
      expect((await asked(shop)).reason).toContain('the switch was not confirmed');
      world.unconfirmed.clear();
      await shop.decide('resolve', { how: 'retry' });
      expect((await ended(shop)).outcome).toBe('succeeded');
    });
  });
});

describe('a switch of which nobody knows whether it happened', () => {
  test('is read back: it did not, so the deployment failed before the switch', async () => {
    const world = worldWith('blue', 'v1');
    world.trouble['switchTraffic green'] = { type: 'Strange', message: 'socket hang up', final: true };
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      expect(await ended(shop)).toMatchObject({ outcome: 'failed', reason: 'the router was not switched: socket hang up' });
      expect(world.capacity.green).toBe(0);
    });
  });

  test('is read back: it did, so the deployment goes on', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'readRouting');
      world.trouble['switchTraffic green'] = { type: 'Strange', message: 'socket hang up', final: true };
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'read-back');
      world.live = 'green';
      release();
      expect(await ended(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    });
  });
});

test('resolve is refused where nothing needs intervention', async () => {
  await withService(worldWith('blue', 'v1'), async (shop) => {
    await shop.submit(shop.plan('v2'));
    await ended(shop);
    expect((await refusalOf(shop.decide('resolve', { how: 'retry' }))).message).toContain('nothing needs intervention');
  });
});

test('the queue stands still in needs-intervention until a person has answered', async () => {
  const world = worldWith('blue', 'v1');
  await withService(world, async (shop) => {
    const release = hold(world, 'sample');
    await shop.submit(shop.plan('v2', { concurrency: 'queue' }));
    await shop.soon(({ phase }) => phase === 'monitoring');
    await shop.submit(shop.plan('v3', { concurrency: 'queue' }));
    world.live = 'other';
    release();
    await asked(shop);
    await shop.skip('6h');
    expect(await shop.status()).toMatchObject({ version: 'v2', phase: 'needs-intervention', queue: [{ version: 'v3' }] });
    await shop.decide('resolve', { how: 'restore' });
    await shop.soon(({ version, outcome }) => version === 'v3' && outcome === 'succeeded');
  });
});
