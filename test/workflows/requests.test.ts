import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DECISIONS } from '../../src/contract.ts';
import { HOUR } from './plans.ts';
import { realEnvironment } from './realServer.ts';
import { refusalOf, useBench } from './service.ts';
import { called, hold, worldWith } from './world.ts';

const { withService } = useBench(realEnvironment);

const APPROVAL = { approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' as const } };

describe('a request id', () => {
  test('that is known follows the deployment that it started, also when it waits, has ended, and was handed over', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const queued = { concurrency: 'queue' as const };
      const release = hold(world, 'deploy');
      const first = await shop.submit(shop.plan('v2', queued), 'job-1');
      const second = await shop.submit(shop.plan('v3', queued), 'job-2');
      expect(await shop.submit(shop.plan('v2', queued), 'job-1')).toMatchObject({ deploymentId: first.deploymentId });
      expect(await shop.submit(shop.plan('v3', queued), 'job-2')).toMatchObject({ deploymentId: second.deploymentId });
      release();
      await shop.until(({ version, outcome }) => version === 'v3' && outcome !== null);
      // The next run has never seen these updates: it is the record that knows.
      expect(await shop.submit(shop.plan('v2', queued), 'job-1')).toEqual({ ...first, how: 'existing' });
      expect(await shop.submit(shop.plan('v3', queued), 'job-2')).toEqual({ ...second, how: 'existing' });
      expect(await shop.history()).toHaveLength(2);
    });
  });
});

describe('a decision', () => {
  test('that is sent as an update and again as a signal with the same id counts once', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'sample');
      await shop.submit(shop.plan('v2'));
      const before = (await shop.soon(({ phase }) => phase === 'monitoring')).monitor!.endsAt;
      const id = randomUUID();
      await shop.decide('extend', { duration: '1h', id }, id);
      await shop.signal('extend', { duration: '1h', id });
      await shop.decide('extend', { duration: '1h', id });
      await shop.signal('extend', { duration: '10m' });
      const after = await shop.soon(({ decisions }) => decisions.length > 1);
      expect(after.decisions.map(({ action }) => action)).toEqual(['extend', 'extend']);
      expect(Date.parse(after.monitor!.endsAt) - Date.parse(before)).toBe(HOUR + HOUR / 6);
      release();
    });
  });

  test('can be sent as a signal, with a name or without', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      const release = hold(world, 'sample');
      await shop.handle().signal('approve', {});
      await shop.soon(({ phase }) => phase === 'monitoring');
      await shop.signal('rollback', { reason: 'no worker was there' });
      const ended = await shop.soon(({ phase }) => phase === 'ended');
      release();
      expect(ended).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
      expect(ended.decisions).toMatchObject([
        { action: 'approve', by: 'somebody (by signal)' },
        { action: 'rollback', by: 'ada', reason: 'no worker was there' },
      ]);
    });
  });

  test('that is refused as a signal changes nothing and is on record', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      const before = await shop.soon(({ phase }) => phase === 'awaiting-approval');
      await shop.signal('rollback');
      await shop.handle().signal('extend', 'five minutes');
      await shop.handle().signal('resolve');
      const trail = async () => (await shop.history()).at(-1)!.trail.filter(({ what }) => what.startsWith('refused'));
      await expect
        .poll(async () => (await trail()).map(({ what }) => what))
        .toEqual(['refused: rollback', 'refused: extend', 'refused: resolve']);
      expect(await shop.status()).toEqual(before);
    });
  });

  test('that is refused as an update, or makes no sense, leaves no trace at all', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      const before = await shop.history();
      for (const name of DECISIONS) {
        for (const payload of [{ by: '' }, { by: 7 }, { by: 'ada', reason: {} }])
          expect((await refusalOf(shop.decide(name, payload))).type, `${name} ${JSON.stringify(payload)}`).toBe('Invalid');
        for (const payload of [null, [], 'ada', 5])
          expect((await refusalOf(shop.handle().executeUpdate(name, { args: [payload] }))).type).toBe('Invalid');
        expect((await refusalOf(shop.handle().executeUpdate(name, { args: [] }))).type).toBe('Invalid');
      }
      expect((await refusalOf(shop.decide('resolve', { how: 'pray' }))).type).toBe('Invalid');
      expect((await refusalOf(shop.decide('rollback', { to: 5 }))).type).toBe('Invalid');
      for (const name of ['promote', 'rollback'] as const) expect((await refusalOf(shop.decide(name))).type).toBe('Refused');
      expect((await refusalOf(shop.decide('extend', { duration: '1m' }))).type).toBe('Refused');
      expect((await refusalOf(shop.decide('resolve', { how: 'retry' }))).type).toBe('Refused');
      expect(await shop.history()).toEqual(before);
      expect(called(world, 'switchTraffic green')).toBe(0);
    });
  });
});

describe('a deployment that is asked for', () => {
  test('with a request that makes no sense, or for another service, is invalid', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await shop.submit(shop.plan('v2'));
      for (const request of [null, {}, { requestId: 'x', by: 'ci' }, { requestId: 5, by: 'ci', plan: shop.plan('v3') }])
        expect((await refusalOf(shop.handle().executeUpdate('submit', { args: [request] }))).type).toBe('Invalid');
      const foreign = { requestId: 'x', by: 'ci', plan: { ...shop.plan('v3'), service: 'another' } };
      expect(await refusalOf(shop.handle().executeUpdate('submit', { args: [foreign] }))).toEqual({
        type: 'Invalid',
        message: `this is the record of ${shop.service}, not of another`,
      });
    });
  });

  test('with the version that is live is allowed, with a warning', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      expect((await shop.submit(shop.plan('v2'))).warning).toBeNull();
      await shop.until(({ outcome }) => outcome !== null);
      expect((await shop.submit(shop.plan('v2'))).warning).toContain('v2 is live already');
    });
  });
});

describe('forget', () => {
  test('is refused while a deployment is running', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'deploy');
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ phase }) => phase === 'deploying');
      expect(await refusalOf(shop.forget())).toEqual({ type: 'Refused', message: 'v2 is deploying: abort it first' });
      release();
    });
  });

  test('ends the record at once, while the old color is retained too, and touches nothing else', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      await shop.until(({ steps }) => steps.at(-1)?.name === 'retain');
      const before = { ...world.capacity };
      await shop.forget();
      await shop.handle().result();
      expect(world.capacity).toEqual(before);
      expect(world.live).toBe('green');
      await shop.submit(shop.plan('v3'));
      expect(await shop.history()).toHaveLength(1);
    });
  });
});
