/** Nodes that go away while a version is watched: whose pods are gone, and what a deployment and a rollback make of it. */
import type { V1Pod } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { succeeds } from '../e2e/support/succeeds.ts';
import { useCluster } from './support/cluster.ts';
import { useHost } from './support/host.ts';
import { podsOf, setReady } from './support/pods.ts';
import { ShopInUse } from './support/shopInUse.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cluster = useCluster();
const host = useHost();
let shop: ShopInUse;
let opened = 0;

/** Green is watched. */
beforeEach(async () => {
  opened += 1;
  const file = { monitor: { duration: '1h', interval: '500ms' } };
  shop = await ShopInUse.open(cluster, host.service, { name: `shop-${opened}`, file, healthTimeout: '3s' });
  await succeeds(shop, 'deploy', '2.0', '--wait-for', 'monitoring');
});
afterEach(() => shop?.close());

/** As the node controller has it when nodes are not heard of: so many of a color's pods stay, and are not ready. */
async function lose(color: Color, count: number): Promise<V1Pod[]> {
  const pods = (await podsOf(cluster, shop.shop.deployments[color])).slice(0, count);
  await setReady(cluster, pods, 'False');
  return pods;
}

/** As it goes on after some minutes: they are taken away, and replaced on other nodes. */
async function evict(pods: readonly V1Pod[]): Promise<void> {
  const { api, namespace } = cluster;
  for (const { metadata } of pods) await api.core.deleteNamespacedPod({ namespace, name: metadata!.name!, gracePeriodSeconds: 0 });
}

test('with some pods of the new version: it is said, watched on with the others, and is no reason to go back', async () => {
  await evict(await lose('green', 1));
  await lose('green', 1);
  const { steps } = await shop.service.untilStatus(({ steps }) => steps.at(-1)?.detail != null);
  expect(steps.at(-1)).toMatchObject({
    name: 'monitor',
    state: 'running',
    detail: expect.stringContaining('containers with unready status'),
  });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await shop.status()).toMatchObject({ phase: 'monitoring', liveColor: 'green', reason: null });
  await succeeds(shop, 'promote', shop.name);
  expect(await shop.settled()).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
  expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
});

test('with all pods of the new version: users are back on the old one by themselves, and read why', async () => {
  await lose('green', 2);
  const status = await shop.settled();
  expect(status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', reason: expect.stringContaining('is ready any more') });
  expect(status.reason).toContain('containers with unready status');
  expect(await shop.truth()).toEqual({ selects: 'blue', replicas: { blue: 2, green: 0 }, rollouts: { blue: 1, green: 2 } });
});

test('with some pods of the old version: --now goes back to what is left of it', async () => {
  await lose('blue', 1);
  await succeeds(shop, 'rollback', '--now');
  expect((await shop.truth()).selects).toBe('blue');
  expect(await shop.settled()).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
});

test('with some pods of the old version: without --now users stay until it is whole again', async () => {
  const lost = await lose('blue', 1);
  await succeeds(shop, 'rollback', '--no-wait');
  await shop.untilStep('await-back');
  expect((await shop.truth()).selects).toBe('green');
  await evict(lost);
  expect(await shop.settled()).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
  expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(2);
});

test('with all pods of the old version: even --now sends nobody to it before it is brought up anew', async () => {
  await lose('blue', 2);
  await succeeds(shop, 'rollback', '--now');
  const status = await shop.settled();
  expect(status).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: '1.0' });
  const steps = status.steps.map(({ name }) => name);
  expect(steps.slice(steps.indexOf('switch-back')).slice(0, 2)).toEqual(['switch-back', 'revive']);
  expect(await shop.truth()).toMatchObject({ selects: 'blue', replicas: { blue: 2, green: 0 } });
  expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
});
