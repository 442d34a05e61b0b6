import { DiscoveryV1Api } from '@kubernetes/client-node';
import { describe, expect, test, vi } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { send, serviceRouter } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';
import { untilEndpoints } from './support/endpoints.ts';
import { podsOf, setReady, troubledVersion } from './support/pods.ts';
import { untilReady } from './support/rollout.ts';
import { deploymentOf, makeShop } from './support/shop.ts';

const cluster = useCluster();

describe('everywhere', () => {
  test('is when the EndpointSlices name pods of the new color only', async () => {
    await makeShop(cluster);
    const router = await serviceRouter(cluster);
    expect(await router.isEverywhere!(call(), 'blue')).toBe(true);
    const written = await send(router, 'green');
    await expect.poll(() => router.isEverywhere!(call(), written!.pending), { interval: 20, timeout: 10_000 }).toBe(true);
    await untilEndpoints(cluster, 'shop', { green: 2 });
  });

  test('is not while a slice still names a pod of the old color', async () => {
    await makeShop(cluster);
    const router = await serviceRouter(cluster);
    const { items } = await cluster.api.discovery.listNamespacedEndpointSlice({ namespace: cluster.namespace });
    await send(router, 'green');
    await untilEndpoints(cluster, 'shop', { green: 2 });
    vi.spyOn(DiscoveryV1Api.prototype, 'listNamespacedEndpointSlice').mockResolvedValueOnce({ items });
    expect(await router.isEverywhere!(call(), 'green')).toBe(false);
    expect(await router.isEverywhere!(call(), 'green')).toBe(true);
  });

  test('is not while no endpoint is ready and pods are; it is not waited for when none is', async () => {
    await makeShop(cluster);
    const router = await serviceRouter(cluster);
    await send(router, 'green');
    await untilEndpoints(cluster, 'shop', { green: 2 });
    vi.spyOn(DiscoveryV1Api.prototype, 'listNamespacedEndpointSlice').mockResolvedValueOnce({ items: [] });
    expect(await router.isEverywhere!(call(), 'green')).toBe(false);
    await setReady(cluster, await podsOf(cluster, 'shop-green'), 'False');
    await untilEndpoints(cluster, 'shop', {});
    expect(await router.isEverywhere!(call(), 'green')).toBe(true);
  });

  test('nothing is waited for that somebody has undone', async () => {
    await makeShop(cluster);
    const router = await serviceRouter(cluster);
    expect(await router.isEverywhere!(call(), 'green')).toBe(true);
  });
});

describe('readiness', () => {
  test('is as many ready pods as the live color has', async () => {
    await makeShop(cluster, { replicas: { blue: 3, green: 1 } });
    const router = await serviceRouter(cluster);
    expect(await router.ready!(call(), 'green')).toMatchObject({ healthy: 1, wanted: 3, checked: true });
    expect((await router.ready!(call(), 'green')).detail).toContain('no more than 1 pods are there; scale its Deployment up');
    expect(await router.ready!(call(), 'blue')).toEqual({ healthy: 3, wanted: 1, checked: true, detail: null });
  });

  test('at least one pod is wanted, also where the live color has none', async () => {
    await makeShop(cluster, { replicas: 0 });
    const readiness = await (await serviceRouter(cluster)).ready!(call(), 'green');
    expect(readiness).toMatchObject({ healthy: 0, wanted: 1, checked: true });
    expect(readiness.detail).toContain('no pods have these labels');
  });

  test.each([
    ['image-pull', /ImagePullBackOff: .*image/],
    ['crash-loop', /CrashLoopBackOff.*exit code/],
    ['never-ready', /ContainersNotReady: containers with unready status/],
  ] as const)('pods with %s are told in the words of the cluster', async (trouble, words) => {
    await makeShop(cluster, { versions: { green: troubledVersion(trouble) }, waitFor: ['blue'] });
    const router = await serviceRouter(cluster);
    await expect.poll(async () => (await router.ready!(call(), 'green')).detail, { timeout: 10_000 }).toMatch(words);
    expect(await router.ready!(call(), 'green')).toMatchObject({ healthy: 0, wanted: 2 });
  });

  test('pods that fit nowhere are told in the words of the scheduler', async () => {
    await makeShop(cluster, { cpu: { green: '65' }, waitFor: ['blue'] });
    const router = await serviceRouter(cluster);
    await expect
      .poll(async () => (await router.ready!(call(), 'green')).detail, { timeout: 10_000 })
      .toMatch(/Unschedulable: .*Insufficient cpu/);
  });

  test('pods of other applications with the same color do not count', async () => {
    await makeShop(cluster);
    await cluster.create(deploymentOf('green', { name: 'cart', replicas: 5 }));
    await untilReady(cluster, 'cart-green');
    expect(await (await serviceRouter(cluster)).ready!(call(), 'green')).toMatchObject({ healthy: 2, wanted: 2 });
  });
});
