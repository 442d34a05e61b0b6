import { expect, test } from 'vitest';
import { call } from '../providers/support.ts';
import { autoscalerOf, deploymentOf, environmentOf, makeEnvironment, scaleAutomatically } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';

const want = { version: '2.0', capacity: 3, deploymentId: 'd1' };

const cluster = useCluster();

async function boundsOf(color: 'blue' | 'green') {
  const { metadata, spec } = await autoscalerOf(cluster, color);
  const ours = Object.keys(metadata!.annotations ?? {}).filter((key) => key.startsWith('cutover.dev/'));
  return { min: spec!.minReplicas, max: spec!.maxReplicas, held: ours.length > 0 };
}

/** Blue is live with three pods. */
async function makeAutoscaled() {
  const made = await makeEnvironment(cluster, { shop: { replicas: { blue: 3, green: 0 } } });
  await scaleAutomatically(cluster, 'blue', 1, 10);
  await scaleAutomatically(cluster, 'green', 1, 10);
  return made;
}

test('for a switch the minimum of both autoscalers is raised: neither takes away pods that get no requests', async () => {
  const { environment } = await makeAutoscaled();
  expect(await environment.ensure(call, 'green', want)).toEqual({ version: '2.0', capacity: 3, ready: 3, detail: null });
  expect(await boundsOf('green')).toEqual({ min: 3, max: 10, held: true });
  expect(await boundsOf('blue')).toEqual({ min: 3, max: 10, held: true });
  expect((await autoscalerOf(cluster, 'green')).metadata!.annotations).toMatchObject({ 'cutover.dev/min-replicas': '1' });
});

test('when the old color is scaled down, both are put back, and its pods are left to its autoscaler', async () => {
  const { environment } = await makeAutoscaled();
  await environment.ensure(call, 'green', want);
  await environment.scale(call, 'blue', 1);
  expect(await boundsOf('green')).toEqual({ min: 1, max: 10, held: false });
  expect(await boundsOf('blue')).toEqual({ min: 1, max: 10, held: false });
  expect((await deploymentOf(cluster, 'blue')).spec!.replicas).toBe(3);
});

test('when an attempt is removed, both are put back', async () => {
  const { environment } = await makeAutoscaled();
  await environment.ensure(call, 'green', want);
  await environment.remove(call, 'green');
  expect(await boundsOf('green')).toEqual({ min: 1, max: 10, held: false });
  expect(await boundsOf('blue')).toEqual({ min: 1, max: 10, held: false });
  expect((await deploymentOf(cluster, 'green')).spec!.replicas).toBe(0);
});

test('a color that was removed is brought back with its capacity, held until the way back is done', async () => {
  const { environment } = await makeAutoscaled();
  await environment.remove(call, 'blue');
  await environment.scale(call, 'blue', 3);
  expect(await environment.describe(call, 'blue')).toMatchObject({ capacity: 3, ready: 3 });
  expect(await boundsOf('blue')).toEqual({ min: 3, max: 10, held: true });
});

test('asked again, by another worker, people’s own minimum is not forgotten', async () => {
  const { environment } = await makeAutoscaled();
  await environment.ensure(call, 'green', want);
  await (await environmentOf(cluster)).ensure(call, 'green', { ...want, capacity: 4 });
  expect(await boundsOf('green')).toMatchObject({ min: 4 });
  await environment.remove(call, 'green');
  expect(await boundsOf('green')).toEqual({ min: 1, max: 10, held: false });
});

test('a minimum that somebody sets meanwhile stays', async () => {
  const { environment } = await makeAutoscaled();
  await environment.ensure(call, 'green', want);
  await cluster.kubectl(['patch', 'hpa', 'shop-green', '-p', '{"spec":{"minReplicas":2}}']);
  await environment.remove(call, 'green');
  expect(await boundsOf('green')).toEqual({ min: 2, max: 10, held: false });
});

test('more than the autoscaler allows is not asked for, and said', async () => {
  const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 3, green: 0 } } });
  await scaleAutomatically(cluster, 'green', 1, 2);
  const state = await environment.ensure(call, 'green', want);
  expect(state).toMatchObject({ capacity: 2, ready: 2 });
  expect(state.detail).toBe('asked for 3 pods, but the HorizontalPodAutoscaler shop-green allows at most 2');
});

test('fewer than its minimum would be undone: that many come', async () => {
  const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 1, green: 0 } } });
  await scaleAutomatically(cluster, 'green', 2, 5);
  expect(await environment.ensure(call, 'green', { ...want, capacity: 1 })).toMatchObject({ capacity: 2, ready: 2 });
  expect(await boundsOf('green')).toEqual({ min: 2, max: 5, held: false });
});

test('a conflict with the autoscaler’s own controller is read and decided again', async () => {
  const { environment } = await makeAutoscaled();
  const annotate = () => cluster.kubectl(['annotate', 'hpa', '--all', '--overwrite', 'team=checkout']);
  cluster.faults.inject({ verb: 'patch', resource: 'horizontalpodautoscalers', before: annotate });
  await environment.ensure(call, 'green', want);
  expect(cluster.faults.callsOf('patch', 'horizontalpodautoscalers').map(({ status }) => status)).toContain(409);
  expect(await boundsOf('green')).toMatchObject({ min: 3, held: true });
  expect((await autoscalerOf(cluster, 'green')).metadata!.annotations).toMatchObject({ team: 'checkout' });
});

test('a worker that may not read autoscalers deploys as if there were none', async () => {
  const { environment } = await makeEnvironment(cluster);
  cluster.faults.deny({ resource: 'horizontalpodautoscalers' });
  expect(await environment.ensure(call, 'green', want)).toMatchObject({ capacity: 3, ready: 3 });
});
