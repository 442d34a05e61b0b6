/** Whole deployments by the real command when pods do not become ready, or stop being it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { succeeds } from '../e2e/support/succeeds.ts';
import { useCluster } from './support/cluster.ts';
import { useHost } from './support/host.ts';
import { podsOf, setReady, type Trouble, troubledVersion } from './support/pods.ts';
import { ShopInUse, type ShopInUseOptions } from './support/shopInUse.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cluster = useCluster();
const host = useHost();
let shop: ShopInUse;
let opened = 0;

afterEach(() => shop?.close());

async function open(options: ShopInUseOptions = {}): Promise<void> {
  opened += 1;
  shop = await ShopInUse.open(cluster, host.service, { name: `shop-${opened}`, ...options });
}

describe('pods that never become ready', () => {
  test.each<[Trouble, RegExp]>([
    ['never-ready', /Readiness probe failed|containers with unready status/],
    ['image-pull', /ImagePullBackOff: Back-off pulling image/],
    ['crash-loop', /CrashLoopBackOff/],
  ])('%s: it fails in the words of the cluster, users never notice, and the next version goes live', async (trouble, words) => {
    await open({ timeout: '2s' });
    const failed = await shop.cutover('deploy', troubledVersion(trouble), '--wait');
    expect(failed.code, failed.stdout + failed.stderr).toBe(4);
    const status = await shop.settled();
    expect(status).toMatchObject({ outcome: 'failed', phase: 'ended', liveColor: 'blue', reason: expect.stringMatching(words) });
    expect(await shop.truth()).toMatchObject({ selects: 'blue', replicas: { blue: 2, green: 0 } });
    expect(shop.endpoints.changes.map(({ ready }) => ready)).toEqual([{ blue: 2, green: 0 }]);
    await succeeds(shop, 'deploy', '3.0', '--wait');
    expect(await shop.truth()).toMatchObject({ selects: 'green' });
    expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
  });

  test('any more, while a person has not approved yet: users stay until they are ready again', async () => {
    await open({ file: { approval: { required: true } } });
    await succeeds(shop, 'deploy', '2.0', '--wait-for', 'awaiting-approval');
    const pods = await podsOf(cluster, shop.shop.deployments.green);
    await setReady(cluster, pods, 'False');
    await succeeds(shop, 'approve', shop.name);
    const waits = await shop.service.untilStatus(({ steps }) => steps.at(-1)?.name === 'await-ready');
    expect(waits.liveColor).toBe('blue');
    expect((await shop.truth()).selects).toBe('blue');
    await setReady(cluster, pods, 'True');
    expect(await shop.settled()).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
  });
});
