import { describe, expect, test } from 'vitest';
import type { Concurrency } from '../../src/contract.ts';
import { realEnvironment } from './realServer.ts';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { called, hold, type World, worldWith } from './world.ts';

const { withService } = useBench(realEnvironment);

/** v2 over v1 by that rule, held where `at` says. */
async function busy(
  concurrency: Concurrency,
  at: string,
  use: (shop: RunningService, release: () => void, world: World) => Promise<void>,
): Promise<void> {
  const world = worldWith('blue', 'v1');
  await withService(world, async (shop) => {
    const release = hold(world, at);
    await shop.submit(shop.plan('v2', { concurrency }));
    await shop.soon(() => world.calls.some((call) => call.startsWith(at)));
    await use(shop, release, world).finally(release);
  });
}

const outcomes = async (shop: RunningService) =>
  (await shop.history()).map(({ status: { version, outcome } }) => `${version} ${outcome ?? 'open'}`);
const done = (shop: RunningService, version: string) => shop.until((status) => status.version === version && status.outcome !== null);

describe('concurrency: reject', () => {
  test('refuses a deployment while one is running, and says which and where it is', () =>
    busy('reject', 'deploy', async (shop) => {
      const refused = await refusalOf(shop.submit(shop.plan('v3')));
      expect(refused.type).toBe('Refused');
      expect(refused.message).toContain('is busy: v2 is deploying');
      expect((await shop.status())?.queue).toEqual([]);
    }));

  test('accepts exactly one of many that come at the same moment', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      // A deployment that were over before the last of them arrives would rightly let a second one in.
      const release = hold(world, 'deploy');
      const versions = Array.from({ length: 12 }, (_, index) => `v${index + 2}`);
      const answers = await Promise.allSettled(versions.map((version) => shop.submit(shop.plan(version))));
      release();
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  test('accepts exactly one of many that come at the same moment while an old color is retained', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      await shop.until(({ steps }) => steps.at(-1)?.name === 'retain');
      const release = hold(world, 'deploy');
      const answers = await Promise.allSettled(['v3', 'v4', 'v5', 'v6'].map((version) => shop.submit(shop.plan(version))));
      release();
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await shop.until(({ version, outcome }) => version !== 'v2' && outcome === 'succeeded');
    });
  });

  test('accepts the next one from the moment that the outcome is known: it takes over what is retained', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const first = await shop.submit(shop.plan('v2'));
      await shop.until(({ steps }) => steps.at(-1)?.name === 'retain');
      const second = await shop.submit(shop.plan('v3'));
      expect(second).toMatchObject({ how: 'started' });
      expect(second.deploymentId).not.toBe(first.deploymentId);
      expect(await done(shop, 'v3')).toMatchObject({
        deploymentId: second.deploymentId,
        color: 'blue',
        previousColor: 'green',
        previousVersion: 'v2',
      });
      expect(world.versions).toEqual({ blue: 'v3', green: 'v2' });
      expect(await shop.status(first.deploymentId)).toMatchObject({ version: 'v2', outcome: 'succeeded' });
      expect(await outcomes(shop)).toEqual(['v2 succeeded', 'v3 succeeded']);
      // Each deployment is a run of its own.
      expect((await shop.handle().describe()).raw.workflowExecutionInfo?.firstRunId).not.toBe(
        (await shop.handle().describe()).raw.workflowExecutionInfo?.execution?.runId,
      );
    });
  });
});

describe('concurrency: queue', () => {
  const queued = { concurrency: 'queue' as const };

  test('lets all wait, in order, and goes on after every outcome', () =>
    busy('queue', 'deploy', async (shop, release, world) => {
      const answers = [];
      for (const version of ['v3', 'v4', 'v5']) answers.push(await shop.submit(shop.plan(version, queued)));
      expect(answers.map(({ how }) => how)).toEqual(['queued', 'queued', 'queued']);
      expect((await shop.status())?.queue.map(({ version }) => version)).toEqual(['v3', 'v4', 'v5']);
      expect(await shop.status(answers[1]!.deploymentId)).toMatchObject({ phase: 'queued', version: 'v4' });
      world.broken.add('v3');
      release();
      await done(shop, 'v5');
      expect(await outcomes(shop)).toEqual(['v2 succeeded', 'v3 failed', 'v4 succeeded', 'v5 succeeded']);
      expect(await shop.status(answers[2]!.deploymentId)).toMatchObject({ version: 'v5' });
    }));

  test('goes on after a rollback', () =>
    busy('queue', 'sample', async (shop, release) => {
      await shop.submit(shop.plan('v3', queued));
      await shop.decide('rollback');
      release();
      const next = await done(shop, 'v3');
      expect(next).toMatchObject({ previousVersion: 'v1', outcome: 'succeeded' });
      expect(await outcomes(shop)).toEqual(['v2 rolled-back', 'v3 succeeded']);
    }));
});

describe('concurrency: supersede', () => {
  const superseding = { concurrency: 'supersede' as const };

  test('ends a running deployment that has not switched yet as superseded', () =>
    busy('supersede', 'smokeTest', async (shop, release, world) => {
      await shop.submit(shop.plan('v3', superseding));
      release();
      await done(shop, 'v3');
      expect(await outcomes(shop)).toEqual(['v2 superseded', 'v3 succeeded']);
      expect(called(world, 'switchTraffic green')).toBe(1);
      expect(world.versions[world.live as 'blue']).toBe('v3');
    }));

  test('finishes one that has switched first, and only the newest waits', () =>
    busy('supersede', 'sample', async (shop, release) => {
      const displaced = await shop.submit(shop.plan('v3', superseding));
      await shop.submit(shop.plan('v4', superseding));
      expect((await shop.status())?.queue.map(({ version }) => version)).toEqual(['v4']);
      expect(await shop.status(displaced.deploymentId)).toMatchObject({ outcome: 'superseded', reason: 'superseded by v4' });
      release();
      await done(shop, 'v4');
      expect((await outcomes(shop)).sort()).toEqual(['v2 succeeded', 'v3 superseded', 'v4 succeeded']);
    }));
});
