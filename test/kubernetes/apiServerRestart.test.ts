/** Whole deployments by the real command while the API server is killed in the middle of a step, and is away for seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDev } from '../e2e/support/dev.ts';
import { Service } from '../e2e/support/service.ts';
import { useCluster } from './support/cluster.ts';
import { type Parked, park } from './support/parked.ts';
import { ShopInUse } from './support/shopInUse.ts';
import { STEPS } from './support/steps.ts';

const DOWN_MS = 1_500;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

describe('an API server that is killed and started again', () => {
  const cluster = useCluster({ plane: 'own', namespaceFor: 'all' });
  let host: Service;
  let parked: Parked;

  beforeAll(async () => {
    host = await Service.create({ name: 'host' });
    await startDev(host);
    parked = await park(cluster, host, STEPS);
    const restarting = cluster.restartApiServer(DOWN_MS);
    // It has been killed by then: what was sent to it finds nobody.
    await sleep(DOWN_MS / 2);
    parked.release('gone');
    await restarting;
  });
  afterAll(async () => {
    await parked?.close();
    await host?.discard();
  });

  test.each(STEPS.map((one) => [one.step, one] as const))(
    'in the middle of %s: it goes on by itself, and users have pods all the time',
    async (step, { ends, truth }) => {
      const shop = parked.of(step);
      await shop.service.untilStatus(({ phase }) => [ends.phase, 'ended', 'needs-intervention'].includes(phase));
      await shop.settled();
      const status = await shop.status();
      expect(status, JSON.stringify(status)).toMatchObject(ends);
      expect(await shop.truth()).toEqual(truth);
      expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
    },
  );

  test('and a rollback --now meanwhile, or at once after it: users are back as soon as anybody can tell the Service', async () => {
    const shop = await ShopInUse.open(cluster, host, { name: 'hurried', file: { monitor: { duration: '1h', interval: '500ms' } } });
    try {
      for (const [version, isDown] of [
        ['2.0', true],
        ['3.0', false],
      ] as const) {
        expect(await shop.cutover('deploy', version, '--wait-for', 'monitoring')).toMatchObject({ code: 0 });
        const restarting = cluster.restartApiServer(DOWN_MS);
        if (!isDown) await restarting;
        expect(await shop.cutover('rollback', '--now')).toMatchObject({ code: 0 });
        expect((await shop.truth()).selects).toBe('blue');
        await restarting;
        expect(await shop.settled()).toMatchObject({ outcome: 'rolled-back', phase: 'ended', liveColor: 'blue' });
        expect((await shop.truth()).replicas).toEqual({ blue: 2, green: 0 });
      }
      expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(2);
    } finally {
      await shop.close();
    }
  });
});
