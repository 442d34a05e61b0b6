/** Whole deployments by the real command when pods do not become ready, or stop being it. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDev } from '../e2e/support/dev.ts';
import { Service } from '../e2e/support/service.ts';
import { useCluster } from './support/cluster.ts';
import { podsOf, setReady, type Trouble, troubledVersion } from './support/pods.ts';
import { ShopInUse, type ShopInUseOptions } from './support/shopInUse.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cluster = useCluster();
let host: Service;
let shop: ShopInUse;
let opened = 0;

beforeAll(async () => {
  host = await Service.create({ name: 'host' });
  await startDev(host);
});
afterEach(() => shop?.close());
afterAll(() => host?.discard());

async function open(options: ShopInUseOptions = {}): Promise<void> {
  opened += 1;
  shop = await ShopInUse.open(cluster, host, { name: `shop-${opened}`, ...options });
}

async function succeeds(...command: string[]): Promise<void> {
  const { code, stdout, stderr } = await shop.cutover(...command);
  expect(code, stdout + stderr).toBe(0);
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
    await succeeds('deploy', '3.0', '--wait');
    expect(await shop.truth()).toMatchObject({ selects: 'green' });
    expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
  });

  test('any more, while a person has not approved yet: users stay until they are ready again', async () => {
    await open({ file: { approval: { required: true } } });
    await succeeds('deploy', '2.0', '--wait-for', 'awaiting-approval');
    const pods = await podsOf(cluster, shop.shop.deployments.green);
    await setReady(cluster, pods, 'False');
    await succeeds('approve', shop.name);
    const waits = await shop.service.untilStatus(({ steps }) => steps.at(-1)?.name === 'await-ready');
    expect(waits.liveColor).toBe('blue');
    expect((await shop.truth()).selects).toBe('blue');
    await setReady(cluster, pods, 'True');
    expect(await shop.settled()).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
    expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
  });
});
