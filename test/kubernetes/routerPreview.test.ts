import { expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { annotate, makeService, selectorOf, send, serviceRouter } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';

const cluster = useCluster();

const preview = { previewService: 'shop-preview' };

test('the preview Service selects the idle color from the beginning of a deployment, and what it selected before when that is given up', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  const snapshot = await router.snapshot!(call());
  expect(await router.attach!(call(), 'green')).toContain('shop-preview selects green');
  expect(await selectorOf(cluster, 'shop-preview')).toEqual({ app: 'shop', color: 'green' });
  expect(await router.attach!(call(), 'green')).toContain('already');
  await router.settle!(call(), { live: 'blue', snapshot });
  expect(await selectorOf(cluster, 'shop-preview')).toEqual({ app: 'shop', color: 'blue' });
  expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'blue' });
});

test('a preview Service without the key gets it, and loses it again', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  const snapshot = await router.snapshot!(call());
  await router.attach!(call(), 'green');
  await router.settle!(call(), { live: 'blue', snapshot: JSON.parse(JSON.stringify(snapshot)) });
  expect(await selectorOf(cluster, 'shop-preview')).toEqual({ app: 'shop' });
});

test('the preview Service stays where it is when the new color is live for good', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  const snapshot = await router.snapshot!(call());
  await router.attach!(call(), 'green');
  await send(router, 'green');
  await router.settle!(call(), { live: 'green', snapshot });
  expect(await selectorOf(cluster, 'shop-preview')).toEqual({ app: 'shop', color: 'green' });
});

test('the preview Service is not touched where somebody uses it for something else', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop', color: 'purple' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  const snapshot = await router.snapshot!(call());
  await expect(router.attach!(call(), 'green')).rejects.toMatchObject({ type: 'InvalidConfiguration' });
  await router.settle!(call(), { live: 'blue', snapshot });
  expect(cluster.faults.callsOf('patch', 'services')).toEqual([]);
});

test('drift keeps a deployment from preparing and from tidying up', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  await expect(router.attach!(call(), 'blue')).rejects.toMatchObject({ type: 'Drift', details: { found: { to: 'blue' } } });
  await expect(router.settle!(call(), { live: 'green', snapshot: null })).rejects.toMatchObject({ type: 'Drift' });
  expect(cluster.faults.callsOf('patch', 'services')).toEqual([]);
});

test('somebody who writes to the preview Service at the same time does not keep it from being pointed', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-preview');
  const router = await serviceRouter(cluster, preview);
  cluster.faults.inject({
    verb: 'patch',
    resource: 'services',
    before: () => annotate(cluster, 'shop-preview'),
  });
  await router.attach!(call(), 'green');
  expect(await selectorOf(cluster, 'shop-preview')).toEqual({ app: 'shop', color: 'green' });
});

test('without a preview Service there is nothing to attach, and it says so', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  const router = await serviceRouter(cluster);
  expect(await router.attach!(call(), 'green')).toContain('nothing to attach');
  await router.settle!(call(), { live: 'blue', snapshot: await router.snapshot!(call()) });
  expect(cluster.faults.callsOf('patch', 'services')).toEqual([]);
});
