/** The tests of Kubernetes are worth what their Kubernetes is worth: what the harness says it does, it does. */
import { describe, expect, test } from 'vitest';
import { clientsOf } from './support/clients.ts';
import { useCluster } from './support/cluster.ts';
import { readyPods, recordEndpoints, untilEndpoints } from './support/endpoints.ts';
import { limitPods, loseNode, podsOf, setReady, slowVersion, type Trouble, troubledVersion } from './support/pods.ts';
import { untilReady } from './support/rollout.ts';
import { acceptRoute, readRoute, routeOf } from './support/route.ts';
import { failureOf, SELECT_GREEN, selectGreen } from './support/selecting.ts';
import { serviceAccountKubeconfig } from './support/serviceAccount.ts';
import { makeShop } from './support/shop.ts';

const cluster = useCluster();

describe('the control plane', () => {
  test('a shop has ready pods of the live color behind its Service, and others when the selector is patched', async () => {
    await makeShop(cluster);
    expect(await readyPods(cluster, 'shop')).toEqual({ blue: 2, green: 0 });
    await selectGreen(cluster);
    await untilEndpoints(cluster, 'shop', { green: 2 });
  });

  test('kubectl works in the namespace of the test, straight and through the fault proxy', async () => {
    await makeShop(cluster);
    expect(await cluster.kubectl(['rollout', 'status', 'deployment/shop-blue'])).toContain('successfully rolled out');
    await cluster.kubectl(['patch', 'service', 'shop', '--type=json', '-p', JSON.stringify(SELECT_GREEN)], cluster.kubeconfig);
    expect(cluster.faults.callsOf('patch', 'services')).toMatchObject([{ name: 'shop', fieldManager: 'kubectl-patch', status: 200 }]);
  });

  test('each test begins with a namespace of its own, without faults and calls', async () => {
    expect((await cluster.api.core.listNamespacedPod({ namespace: cluster.namespace })).items).toEqual([]);
    expect(cluster.faults.calls).toEqual([]);
  });

  test.each<[Trouble, string]>([
    ['image-pull', 'ImagePullBackOff'],
    ['crash-loop', 'CrashLoopBackOff'],
  ])('pods of a version called %s wait with %s', async (trouble, reason) => {
    await makeShop(cluster, { versions: { green: troubledVersion(trouble) }, waitFor: ['blue'] });
    const waiting = async () =>
      (await podsOf(cluster, 'shop-green')).map(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason);
    await expect.poll(waiting, { timeout: 10_000 }).toEqual([reason, reason]);
  });

  test('pods of a version called never-ready run, are not ready, and have an event that says why', async () => {
    await makeShop(cluster, { versions: { green: troubledVersion('never-ready') }, waitFor: ['blue'] });
    const events = async () =>
      (await cluster.api.core.listNamespacedEvent({ namespace: cluster.namespace })).items
        .filter(({ reason }) => reason === 'Unhealthy')
        .map(({ message }) => message);
    await expect.poll(events, { timeout: 10_000 }).toContain('Readiness probe failed: HTTP probe failed with statuscode: 503');
    const [pod] = await podsOf(cluster, 'shop-green');
    expect(pod!.status).toMatchObject({ phase: 'Running' });
    expect(pod!.status!.conditions!.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady' });
  });

  test('pods that ask for more than a node has are Unschedulable, in the words of the scheduler', async () => {
    await makeShop(cluster, { cpu: { green: '65' }, waitFor: ['blue'] });
    const scheduled = async () =>
      (await podsOf(cluster, 'shop-green')).map(({ status }) => status?.conditions?.find(({ type }) => type === 'PodScheduled'))[0];
    await expect.poll(scheduled, { timeout: 10_000 }).toMatchObject({ reason: 'Unschedulable', message: /Insufficient cpu/ });
  });

  test('pods of a slow version become ready, later', async () => {
    await makeShop(cluster, { versions: { green: slowVersion(1500) }, waitFor: ['blue'] });
    expect((await podsOf(cluster, 'shop-green')).flatMap(({ status }) => status?.podIP ?? [])).toEqual([]);
    await untilReady(cluster, 'shop-green');
  });

  test('pods that stop being ready leave the Service, and those of a lost node', async () => {
    await makeShop(cluster);
    const record = await recordEndpoints(cluster, 'shop');
    const [first, second] = await podsOf(cluster, 'shop-blue');
    await setReady(cluster, [first!], 'False');
    await untilEndpoints(cluster, 'shop', { blue: 1 });
    await loseNode(cluster, second!.spec!.nodeName!);
    await untilEndpoints(cluster, 'shop', {});
    await expect.poll(() => record.fewest()).toBe(0);
    record.stop();
  });

  test('a quota is in force', async () => {
    await limitPods(cluster, 2);
    await makeShop(cluster, { waitFor: [] });
    const refused = async () =>
      (await cluster.api.apps.listNamespacedReplicaSet({ namespace: cluster.namespace })).items.flatMap(
        ({ status }) => status?.conditions?.find(({ type }) => type === 'ReplicaFailure')?.message ?? [],
      );
    await expect.poll(refused, { timeout: 10_000 }).toContainEqual(expect.stringContaining('exceeded quota: pods'));
  });

  test('a HorizontalPodAutoscaler keeps its minimum', async () => {
    await makeShop(cluster, { replicas: 1 });
    await cluster.create({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'shop-blue' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-blue' }, minReplicas: 3, maxReplicas: 5 },
    } as object);
    await untilEndpoints(cluster, 'shop', { blue: 3 });
  });

  test('routes of the Gateway API are kept, checked, and have a status', async () => {
    await cluster.create(routeOf('shop', { blue: 1, green: 0 }));
    await acceptRoute(cluster, 'shop');
    expect((await readRoute(cluster, 'shop')).status.parents[0].conditions).toMatchObject([{ observedGeneration: 1 }, { status: 'True' }]);
    const wrong = routeOf('other', { blue: -1, green: 0 });
    expect((await failureOf(cluster.create(wrong))).code).toBe(422);
  });

  test('a service account may do what its Role allows, and nothing else', async () => {
    await makeShop(cluster);
    const kubeconfig = await serviceAccountKubeconfig(cluster, [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }]);
    const { core } = clientsOf(kubeconfig);
    const { namespace } = cluster;
    expect((await core.readNamespacedService({ namespace, name: 'shop' })).spec!.selector).toEqual({ app: 'shop', color: 'blue' });
    expect((await failureOf(core.listNamespacedService({ namespace }))).code).toBe(403);
    expect(cluster.faults.calls.map(({ verb, status }) => [verb, status])).toEqual([
      ['get', 200],
      ['list', 403],
    ]);
  });
});
