import { describe, expect, test } from 'vitest';
import { MINUTE, watchedBy } from './plans.ts';
import { type RunningService, refusalOf, useBench } from './service.ts';
import { hold, type SimulatedReading, type World, worldWith } from './world.ts';

const { withService } = useBench();

const settled = (shop: RunningService) => shop.until(({ outcome, phase }) => outcome !== null || phase === 'needs-intervention');

/** Deploys v2 over v1 under one check, and gives what became of it. */
async function watched(check: Parameters<typeof watchedBy>[0], readings: SimulatedReading[], use: Use): Promise<void> {
  const world = worldWith('blue', 'v1');
  world.readings = readings;
  await withService(world, async (shop) => {
    await shop.submit(shop.plan('v2', { monitor: watchedBy(check) }));
    await use(await settled(shop), shop, world);
  });
}
type Use = (status: Awaited<ReturnType<RunningService['until']>>, shop: RunningService, world: World) => unknown;

describe('the monitoring window', () => {
  test('forgives as many failed samples as failureLimit says', () =>
    watched({ failureLimit: 2 }, [0.5, 0.5], ({ outcome, monitor }) => {
      expect(outcome).toBe('succeeded');
      expect(monitor?.checks[0]).toMatchObject({ samples: 10, failures: 2 });
    }));

  test('rolls back with the first failed sample that is not forgiven', () =>
    watched({ failureLimit: 2 }, [0.5, 0, 0.5, 0.6], ({ outcome, monitor, reason }) => {
      expect(outcome).toBe('rolled-back');
      expect(monitor?.checks[0]).toMatchObject({ samples: 4, failures: 3, values: [0.5, 0, 0.5, 0.6] });
      expect(reason).toContain('error-rate was 0.6 (max 0.05, 3 failed samples with 2 forgiven)');
    }));

  test('rolls back when a value falls under its minimum', () =>
    watched({ max: null, min: 0.99 }, [1, 0.98], ({ outcome, reason }) => {
      expect(outcome).toBe('rolled-back');
      expect(reason).toContain('(min 0.99)');
    }));

  test('ignores samples without data where noData says ignore', () =>
    watched({ noData: 'ignore' }, [null, null, null], ({ outcome, monitor, reason }) => {
      expect(outcome).toBe('succeeded');
      expect(reason).toBeNull();
      expect(monitor?.checks[0]).toMatchObject({ samples: 7, noData: 3 });
    }));

  test('takes a sample without data for a failure where noData says fail', () =>
    watched({ noData: 'fail' }, [0, null], ({ outcome, reason }) => {
      expect(outcome).toBe('rolled-back');
      expect(reason).toContain('no data');
    }));

  test('asks a person about a sample without data where noData says pause', () =>
    watched({ noData: 'pause' }, [0, null], async ({ phase, reason, outcome }, shop, world) => {
      expect({ phase, outcome }).toEqual({ phase: 'needs-intervention', outcome: null });
      expect(reason).toBe('error-rate had no data');
      expect(world.live).toBe('green');
      await shop.decide('rollback');
      expect((await settledAfter(shop)).outcome).toBe('rolled-back');
    }));

  test('says so when it passed without any data', () =>
    watched({}, Array<null>(10).fill(null), ({ outcome, reason }) => {
      expect(outcome).toBe('succeeded');
      expect(reason).toBe('no data during the whole window: error-rate');
    }));

  test('asks a person when its source could never be asked', () =>
    watched({}, Array<'unmeasured'>(40).fill('unmeasured'), ({ phase, reason }) => {
      expect(phase).toBe('needs-intervention');
      expect(reason).toBe('error-rate could not be measured: the source does not answer');
    }));
});

const settledAfter = (shop: RunningService) => shop.until(({ outcome }) => outcome !== null);

describe('a window with fewer samples than minSamples', () => {
  const thin = { minSamples: 8 };
  const readings = Array<null>(5).fill(null);

  test('asks a person, and promote passes it', () =>
    watched(thin, [...readings], async ({ phase, reason, actions }, shop) => {
      expect(phase).toBe('needs-intervention');
      expect(reason).toBe('error-rate had data in 5 of the 8 samples it needs');
      expect(actions).toEqual(expect.arrayContaining(['promote', 'rollback', 'resolve --retry']));
      await shop.decide('promote', { reason: 'a quiet night' });
      expect(await settledAfter(shop)).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    }));

  test('asks a person, and rollback undoes the switch', () =>
    watched(thin, [...readings], async (_, shop, world) => {
      await shop.decide('rollback');
      expect(await settledAfter(shop)).toMatchObject({ outcome: 'rolled-back' });
      expect(world.live).toBe('blue');
    }));

  test('asks a person, and retry opens the window anew', () =>
    watched(thin, [...readings], async (_, shop) => {
      await shop.decide('resolve', { how: 'retry' });
      const passed = await settledAfter(shop);
      expect(passed.outcome).toBe('succeeded');
      expect(passed.monitor?.checks[0]).toMatchObject({ samples: 10, noData: 0 });
    }));
});

describe('a person who watches', () => {
  async function whileMonitored(use: (shop: RunningService, release: () => void, world: World) => Promise<void>): Promise<void> {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'monitoring');
      await use(shop, release, world).finally(release);
    });
  }

  test('promotes at once, without waiting for the sample that is under way', () =>
    whileMonitored(async (shop) => {
      await shop.decide('promote');
      const passed = await shop.soon(({ outcome }) => outcome !== null);
      expect(passed.outcome).toBe('succeeded');
      expect(passed.reason).toContain('promoted by ada');
    }));

  test('extends the window: it lasts longer, by as much, with as many more samples', () =>
    whileMonitored(async (shop, release) => {
      const before = (await shop.status())!.monitor!.endsAt;
      await shop.decide('extend', { duration: '5m' });
      expect(Date.parse((await shop.status())!.monitor!.endsAt) - Date.parse(before)).toBe(5 * MINUTE);
      await shop.decide('extend', { duration: 5 * MINUTE });
      release();
      const passed = await settledAfter(shop);
      expect(passed.monitor?.checks[0]?.samples).toBe(20);
    }));

  test('cannot extend by nothing, by a text, or after the window', () =>
    whileMonitored(async (shop, release) => {
      for (const duration of [0, -1, 1.5, 'soon', '5 minutos', undefined, '900h'])
        expect((await refusalOf(shop.decide('extend', { duration }))).type).toBe('Invalid');
      release();
      await settledAfter(shop);
      expect((await refusalOf(shop.decide('extend', { duration: '5m' }))).type).toBe('Refused');
    }));

  test('sees it go back when nothing of the new color is ready any more', () =>
    whileMonitored(async (shop, release, world) => {
      world.dead.add('green');
      release();
      const ended = await settledAfter(shop);
      expect(ended.outcome).toBe('rolled-back');
      expect(ended.reason).toContain('nothing of green (v2) is ready any more');
    }));
});
