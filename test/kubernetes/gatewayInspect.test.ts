import { expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { makeService, routeRouter, send } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';
import { untilEndpoints } from './support/endpoints.ts';
import { acceptRoute, routeOf } from './support/route.ts';
import { serviceAccountKubeconfig } from './support/serviceAccount.ts';
import { makeShop, type ShopOptions } from './support/shop.ts';

const cluster = useCluster();

const makeAll = async (options: ShopOptions = {}): Promise<void> => {
  await cluster.create(routeOf('shop', { blue: 1, green: 0 }));
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-blue');
  await makeService(cluster, { app: 'shop', color: 'green' }, 'shop-green');
  await makeShop(cluster, options);
};
const messages = async (change?: object) =>
  (await (await routeRouter(cluster, { ...change })).inspect!(call())).map(({ message }) => message);

test('a color is ready when its own Service has as many endpoints as that of the live color', async () => {
  await makeAll({ replicas: { blue: 2, green: 1 } });
  await untilEndpoints(cluster, 'shop-blue', { blue: 2 });
  await untilEndpoints(cluster, 'shop-green', { green: 1 });
  const router = await routeRouter(cluster);
  expect(await router.ready!(call(), 'blue')).toEqual({ healthy: 2, wanted: 1, checked: true, detail: null });
  const green = await router.ready!(call(), 'green');
  expect(green).toMatchObject({ healthy: 1, wanted: 2, checked: true });
  expect(green.detail).toContain('no more than 1 pods are there; scale its Deployment up');
});

test('pods that are not ready are told in the words of the cluster', async () => {
  await makeAll({ versions: { green: '2.0-image-pull' }, waitFor: ['blue'] });
  const router = await routeRouter(cluster);
  await expect.poll(async () => (await router.ready!(call(), 'green')).detail, { timeout: 10_000 }).toContain('ImagePullBackOff');
});

test('a good set-up has no findings, with a Role of exactly these verbs, and they are all that a switch needs', async () => {
  await makeAll();
  const kubeconfig = await serviceAccountKubeconfig(cluster, [
    { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], resourceNames: ['shop'], verbs: ['get', 'patch'] },
    { apiGroups: [''], resources: ['services'], resourceNames: ['shop-blue', 'shop-green'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
  ]);
  const router = await routeRouter(cluster, { kubeconfig });
  expect(await router.inspect!(call())).toEqual([]);
  await router.ready!(call(), 'green');
  const written = await send(router, 'green');
  await router.isEverywhere!(call(), written!.pending);
  await router.targets!(call());
});

test('each permission that the Role lacks is an error that names the rule', async () => {
  await makeAll({ replicas: 0 });
  const found = await (await routeRouter(cluster, { kubeconfig: await serviceAccountKubeconfig(cluster, []) })).inspect!(call());
  expect(found).toHaveLength(6);
  expect(found).toContainEqual({
    severity: 'error',
    message: `the worker may not patch httproutes ${cluster.namespace}/shop`,
    cure: `add the rule { apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], resourceNames: ["shop"], verbs: ["patch"] } to the worker's Role`,
  });
});

test('a route and Services that do not exist are errors', async () => {
  expect(await messages()).toEqual([
    expect.stringContaining(`get httproutes ${cluster.namespace}/shop found nothing`),
    expect.stringContaining(`get services ${cluster.namespace}/shop-blue found nothing`),
    expect.stringContaining(`get services ${cluster.namespace}/shop-green found nothing`),
  ]);
});

test('split weights, a rule that does not exist and what the Gateway refuses are found', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-blue');
  await makeService(cluster, { app: 'shop', color: 'green' }, 'shop-green');
  await cluster.create(routeOf('shop', { blue: 90, green: 10 }));
  await acceptRoute(cluster, 'shop', 'False');
  expect(await messages()).toEqual([
    expect.stringContaining('with weight 90 (blue)'),
    expect.stringContaining('ResolvedRefs is False (BackendNotFound)'),
  ]);
  expect(await messages({ rule: 3 })).toContainEqual(expect.stringContaining('has no rule 3'));
});
