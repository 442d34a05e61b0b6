import type { KubernetesObject, V1ServiceSpec } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { Router } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import { makeService, selectorOf, send, serviceRouter } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';
import { serviceAccountKubeconfig } from './support/serviceAccount.ts';
import { makeShop } from './support/shop.ts';

const cluster = useCluster();

const errors = async (router: Router) => (await router.inspect!(call())).filter(({ severity }) => severity === 'error');
const warnings = async (router: Router) => (await router.inspect!(call())).filter(({ severity }) => severity === 'warning');
const serve = (spec: V1ServiceSpec) =>
  cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' }, spec } as KubernetesObject);
const ports = [{ port: 80 }];
const selector = { app: 'shop', color: 'blue' };

test('nothing is wrong with the set-up of the tutorials, and looking writes nothing', async () => {
  await makeShop(cluster, { previewService: true });
  const router = await serviceRouter(cluster, { previewService: 'shop-preview' });
  cluster.faults.clear();
  expect(await router.inspect!(call())).toEqual([]);
  expect(new Set(cluster.faults.calls.map(({ verb, resource }) => `${verb} ${resource}`))).toEqual(
    new Set(['create selfsubjectrulesreviews', 'get services']),
  );
});

test('a Service that does not exist is an error', async () => {
  expect(await errors(await serviceRouter(cluster))).toMatchObject([
    { message: expect.stringContaining(`get services ${cluster.namespace}/shop found nothing`) },
  ]);
});

test('a selector without the key is an error that says what it selects', async () => {
  await makeService(cluster, { app: 'shop' });
  expect(await errors(await serviceRouter(cluster))).toMatchObject([
    { message: expect.stringContaining('selects both colors'), cure: expect.stringContaining('color: blue or color: green') },
  ]);
});

test('a selector of neither color is an error', async () => {
  await makeService(cluster, { app: 'shop', color: 'purple' });
  expect(await errors(await serviceRouter(cluster))).toMatchObject([{ message: expect.stringContaining('neither blue') }]);
});

test('a Service without a selector, and another name of a host, are errors', async () => {
  await serve({ ports });
  expect(await errors(await serviceRouter(cluster))).toMatchObject([{ message: expect.stringContaining('has no selector') }]);
  await cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'away' },
    spec: { type: 'ExternalName', externalName: 'shop.example' },
  } as KubernetesObject);
  expect(await errors(await serviceRouter(cluster, { service: 'away' }))).toMatchObject([
    { message: expect.stringContaining('is another name of shop.example') },
  ]);
});

test('a preview Service that somebody uses for something else is an error', async () => {
  await makeService(cluster, selector);
  await makeService(cluster, { app: 'shop', color: 'purple' }, 'shop-preview');
  expect(await errors(await serviceRouter(cluster, { previewService: 'shop-preview' }))).toMatchObject([
    { message: expect.stringContaining('the preview Service'), cure: expect.stringContaining('leave previewService out') },
  ]);
});

test.each<[string, V1ServiceSpec, string]>([
  ['sessionAffinity', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } } }, 'for up to 600 s'],
  ['a headless Service', { clusterIP: 'None' }, 'is headless'],
  ['addresses that are not ready', { publishNotReadyAddresses: true }, 'publishNotReadyAddresses'],
])('%s is a warning', async (_, spec, words) => {
  await serve({ ...spec, selector, ports });
  const router = await serviceRouter(cluster);
  expect(await errors(router)).toEqual([]);
  expect(await warnings(router)).toMatchObject([{ message: expect.stringContaining(words) }]);
});

test('each permission that the Role lacks is an error that names the rule, and all others are found as well', async () => {
  await makeService(cluster, { app: 'shop' });
  const kubeconfig = await serviceAccountKubeconfig(cluster, [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }]);
  const found = await errors(await serviceRouter(cluster, { kubeconfig }));
  expect(found.map(({ message }) => message)).toEqual([
    `the worker may not patch services ${cluster.namespace}/shop`,
    `the worker may not list pods in namespace ${cluster.namespace}`,
    `the worker may not list endpointslices in namespace ${cluster.namespace}`,
    expect.stringContaining('selects both colors'),
  ]);
  expect(found[0]!.cure).toContain('{ apiGroups: [""], resources: ["services"], resourceNames: ["shop"], verbs: ["patch"] }');
  expect(found[2]!.cure).toContain('{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] }');
});

test('a Role without any rule is told so, once for each rule', async () => {
  await makeService(cluster, selector);
  const kubeconfig = await serviceAccountKubeconfig(cluster, []);
  expect(await errors(await serviceRouter(cluster, { kubeconfig }))).toHaveLength(4);
});

test('the permissions that are asked about are all that the router needs', async () => {
  await makeShop(cluster, { previewService: true });
  const kubeconfig = await serviceAccountKubeconfig(cluster, [
    { apiGroups: [''], resources: ['services'], resourceNames: ['shop', 'shop-preview'], verbs: ['get', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
  ]);
  const router = await serviceRouter(cluster, { kubeconfig, previewService: 'shop-preview' });
  expect(await router.inspect!(call())).toEqual([]);
  const snapshot = await router.snapshot!(call());
  await router.attach!(call(), 'green');
  await router.ready!(call(), 'green');
  const written = await send(router, 'green');
  await router.isEverywhere!(call(), written!.pending);
  await router.targets!(call());
  await router.settle!(call(), { live: 'green', snapshot });
  expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
});
