/** Whole deployments by the real command while the API server is killed in the middle of a step, and is away for seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useCluster } from './support/cluster.ts';
import { expectEnd } from './support/ending.ts';
import { useHost } from './support/host.ts';
import { type Parked, park } from './support/parked.ts';
import { ShopInUse } from './support/shopInUse.ts';
import { STEPS } from './support/steps.ts';

const DOWN_MS = 1_500;
/** The selector is what counts: that the EndpointSlices follow takes the cluster's own controllers some time after an outage. */
const SOON_MS = 10_000;
const HURRIED = ['while-it-is-away', 'at-once-after-it'] as const;
const WATCHED = { monitor: { duration: '1h', interval: '500ms' } };
const WENT_BACK = STEPS.find(({ step }) => step === 'switch-back')!;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

describe('an API server that is killed and started again', () => {
  const cluster = useCluster({ plane: 'own', namespaceFor: 'all' });
  const hurried = new Map<string, ShopInUse>();
  const host = useHost();
  let parked: Parked;
  let backAt: number;

  beforeAll(async () => {
    await Promise.all(
      HURRIED.map(async (name) => {
        const shop = await ShopInUse.open(cluster, host.service, { name, file: WATCHED });
        hurried.set(name, shop);
        expect(await shop.cutover('deploy', '2.0', '--wait-for', 'monitoring')).toMatchObject({ code: 0 });
      }),
    );
    parked = await park(cluster, host.service, STEPS);
    const restarting = cluster.restartApiServer(DOWN_MS);
    // It has been killed by then: what was sent to it finds nobody.
    await sleep(DOWN_MS / 2);
    parked.release('gone');
    await rollBackNow('while-it-is-away');
    await restarting;
    backAt = Date.now();
    await rollBackNow('at-once-after-it');
  });
  afterAll(async () => {
    await Promise.all([...hurried.values()].map((shop) => shop.close()));
    await parked?.close();
  });

  const rollBackNow = async (name: string): Promise<void> =>
    expect(await hurried.get(name)!.cutover('rollback', '--now', '--no-wait')).toMatchObject({ code: 0 });

  test.each(STEPS.map((one) => [one.step, one] as const))(
    'in the middle of %s: it goes on by itself, and users have pods all the time',
    (step, one) => expectEnd(parked.of(step), one),
  );

  test.each(HURRIED)('and a rollback --now %s: the selector is back soon after it', async (name) => {
    const shop = hurried.get(name)!;
    await expectEnd(shop, WENT_BACK);
    const { endedAt } = (await shop.status()).steps.find((step) => step.name === 'switch-back')!;
    expect(Date.parse(endedAt!) - backAt).toBeLessThan(SOON_MS);
  });
});
