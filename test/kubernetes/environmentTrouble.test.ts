import { PatchStrategy, setHeaderOptions, type V1ContainerStatus } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { deploymentOf, environmentOf, failureOf, listeningCall, makeEnvironment } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import { letPodsLog, limitPods, podsOf, slowVersion, troubledVersion } from './support/pods.ts';
import { until } from './support/waiting.ts';

const want = { version: '2.0', capacity: 2, deploymentId: 'd1' };
const options = { timeout: '2s' };

const cluster = useCluster();

const troubled = (trouble: Parameters<typeof troubledVersion>[0]) => ({ ...want, version: troubledVersion(trouble) });

/** As a worker that is asked again by the workflow. */
async function deployUntilDone(environment: Environment): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await environment.ensure(call, 'green', want);
      return;
    } catch (error) {
      if ((error as { type: string }).type !== 'Unavailable' || attempt === 10) throw error;
    }
  }
}

/** As the kubelet would say it: simulated pods never come to that. */
async function setContainer(status: Partial<V1ContainerStatus>): Promise<void> {
  const { api, namespace } = cluster;
  const patch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const pods = await until('the pods are there', async () => {
    const found = await podsOf(cluster, 'shop-green');
    return found.length === 2 && found.every((pod) => pod.status?.containerStatuses) ? found : null;
  });
  for (const { metadata } of pods) {
    const body = { status: { containerStatuses: [{ name: 'shop', ...status }] } };
    await api.core.patchNamespacedPodStatus({ namespace, name: metadata!.name!, body }, patch);
  }
}

describe('a version that does not come up is DeployFailed in the words of the cluster', () => {
  test('an image that cannot be pulled', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    const { type, message } = await failureOf(environment.ensure(call, 'green', troubled('image-pull')));
    expect(type).toBe('DeployFailed');
    expect(message).toMatch(/^green \(the Deployment \S+\/shop-green\) did not come up with 2\.0-image-pull: 0 of 2 pods ready after 2/);
    expect(message).toMatch(/pod shop-green-\S+ and 1 more: container shop: ImagePullBackOff: Back-off pulling image/);
  });

  test('a program that crashes: how it ended, and its last lines', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    letPodsLog(cluster, `${'early line\n'.repeat(40)}connecting to the database\nFATAL: password authentication failed\n`);
    const { type, message } = await failureOf(environment.ensure(call, 'green', troubled('crash-loop')));
    expect(type).toBe('DeployFailed');
    expect(message).toMatch(/container shop: CrashLoopBackOff: back-off .* exit code 1/);
    expect(message).toContain('the last lines of its log:\n');
    expect(message).toContain('connecting to the database\n    FATAL: password authentication failed');
    expect(message.match(/early line/g)).toHaveLength(18);
    expect(cluster.faults.callsOf('get', 'pods/log')).toHaveLength(1);
  });

  test('a program that crashes, whose log the worker may not read: that is said, and the reason all the same', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    cluster.faults.deny({ resource: 'pods/log' });
    const { message } = await failureOf(environment.ensure(call, 'green', troubled('crash-loop')));
    expect(message).toMatch(/CrashLoopBackOff/);
    expect(message).toMatch(/its log is not known: get pods\/log .* resources: \["pods\/log"\]/);
  });

  test('a readiness probe that fails', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    const { message } = await failureOf(environment.ensure(call, 'green', troubled('never-ready')));
    expect(message).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503');
  });

  test('a readiness probe that fails, where the worker may not read events', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    cluster.faults.deny({ resource: 'events' });
    const { message } = await failureOf(environment.ensure(call, 'green', troubled('never-ready')));
    expect(message).toMatch(/containers with unready status: \[shop\]\n {2}its events are not known: list events/);
  });

  test('pods that fit on no node: what the scheduler says', async () => {
    const { environment } = await makeEnvironment(cluster, { shop: { cpu: { green: '1000' } }, options });
    const { message } = await failureOf(environment.ensure(call, 'green', want));
    expect(message).toMatch(/Unschedulable: 0\/\d+ nodes are available: .*Insufficient cpu/);
  });

  test('a quota that leaves no room: which one, and how much', async () => {
    const { environment } = await makeEnvironment(cluster, { options });
    await limitPods(cluster, 3);
    const { message } = await failureOf(environment.ensure(call, 'green', want));
    expect(message).toMatch(/1 of 2 pods ready/);
    expect(message).toMatch(
      /FailedCreate: pods "shop-green-.*" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3/,
    );
  });

  test.each([
    [
      'a Secret that is missing',
      { state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } } },
      'container shop: CreateContainerConfigError: secret "db" not found',
    ],
    [
      'too little memory, between two crashes',
      { restartCount: 3, state: { running: {} }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
      'container shop has been restarted 3 times, its last run ended with exit code 137 (OOMKilled)',
    ],
    [
      'an end before the next back-off',
      { state: { terminated: { exitCode: 2, reason: 'Error' } } },
      'container shop ended with exit code 2',
    ],
  ])('%s', async (_, status, said) => {
    const { environment } = await makeEnvironment(cluster, { options: { timeout: '4s' } });
    const failing = failureOf(environment.ensure(call, 'green', troubled('never-ready')));
    await setContainer(status);
    expect((await failing).message).toContain(said);
  });

  test('more than its progress deadline: it is not waited for any longer', async () => {
    const { environment } = await makeEnvironment(cluster, { options: { timeout: '5m' } });
    await cluster.kubectl(['patch', 'deployment', 'shop-green', '-p', '{"spec":{"progressDeadlineSeconds":1}}']);
    const { type, message } = await failureOf(environment.ensure(call, 'green', troubled('image-pull')));
    expect(type).toBe('DeployFailed');
    expect(message).toMatch(/ProgressDeadlineExceeded: ReplicaSet "shop-green-\S+" has timed out progressing/);
  });

  test('somebody who replaces its pods meanwhile: who it was', async () => {
    const { environment } = await makeEnvironment(cluster);
    const failing = failureOf(environment.ensure(call, 'green', { ...want, version: slowVersion(10_000) }));
    await until('it has begun', async () => ((await podsOf(cluster, 'shop-green')).length === 2 ? true : null));
    const annotations = { 'cutover.dev/deployment': 'somebody-else' };
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    await cluster.kubectl(['patch', 'deployment', 'shop-green', '--field-manager=argocd-controller', '-p', patch]);
    expect(await failing).toMatchObject({
      type: 'DeployFailed',
      message: expect.stringMatching(/its pod template was replaced meanwhile \(written by argocd-controller/),
    });
  });

  test('a paused Deployment: nothing is written', async () => {
    const { environment } = await makeEnvironment(cluster);
    await cluster.kubectl(['rollout', 'pause', 'deployment/shop-green']);
    const before = await deploymentOf(cluster, 'green');
    await expect(environment.ensure(call, 'green', want)).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('is paused'),
    });
    // The controller may still write its status.
    const { metadata, spec } = await deploymentOf(cluster, 'green');
    expect({ generation: metadata?.generation, spec }).toEqual({ generation: before.metadata?.generation, spec: before.spec });
  });

  test('a container that is not there: which there are', async () => {
    const { environment } = await makeEnvironment(cluster, { options: { container: 'web' } });
    const message = expect.stringContaining('has no container "web" (it has: shop); correct environment.container');
    await expect(environment.ensure(call, 'green', want)).rejects.toMatchObject({ type: 'NotFound', message });
  });
});

describe('while it waits', () => {
  test('the reason stands in its heartbeat long before the deadline', async () => {
    const { environment } = await makeEnvironment(cluster, { options: { timeout: '5m' } });
    const controller = new AbortController();
    const listening = { ...listeningCall(), signal: controller.signal };
    const deploying = failureOf(environment.ensure(listening, 'green', troubled('image-pull')));
    await until('the reason is said', async () => (listening.heard.some((said) => said.includes('ImagePullBackOff')) ? true : null));
    expect(listening.heard.at(-1)).toMatch(/^0 of 2 pods ready: container shop: ImagePullBackOff: Back-off pulling image/);
    controller.abort();
    await deploying;
  });

  test('a version that heals comes up', async () => {
    const { environment } = await makeEnvironment(cluster);
    const deploying = environment.ensure(call, 'green', troubled('never-ready'));
    await until('the pods are there', async () => ((await podsOf(cluster, 'shop-green')).length === 2 ? true : null));
    const { setReady } = await import('./support/pods.ts');
    await until('they run', async () => ((await podsOf(cluster, 'shop-green')).every(({ status }) => status?.podIP) ? true : null));
    await setReady(cluster, await podsOf(cluster, 'shop-green'), 'True');
    expect(await deploying).toMatchObject({ capacity: 2, ready: 2 });
  });

  test('and nobody waits for it any more, it stops, and another worker goes on with it', async () => {
    const { environment } = await makeEnvironment(cluster);
    const controller = new AbortController();
    const slow = { ...want, version: slowVersion(2_000) };
    const first = environment.ensure({ signal: controller.signal, heartbeat: () => {} }, 'green', slow);
    await until('it has begun', async () => ((await podsOf(cluster, 'shop-green')).length === 2 ? true : null));
    controller.abort();
    await expect(first).rejects.toThrow();
    const pods = await podsOf(cluster, 'shop-green');
    expect(await (await environmentOf(cluster)).ensure(call, 'green', slow)).toMatchObject({ ready: 2 });
    expect(new Set((await podsOf(cluster, 'shop-green')).map(({ metadata }) => metadata!.uid))).toEqual(
      new Set(pods.map(({ metadata }) => metadata!.uid)),
    );
  });
});

describe('an API server in trouble', () => {
  test.each([
    ['409', () => cluster.faults.conflict({ verb: 'patch', resource: 'deployments' }, 3)],
    ['429', () => cluster.faults.throttle({ resource: 'deployments' }, 2)],
    ['503', () => cluster.faults.unavailable({ resource: ['deployments', 'horizontalpodautoscalers'] }, 3)],
    ['answers that are lost', () => cluster.faults.inject({ verb: 'patch', drop: 'response', times: 2 })],
  ])('%s: the version comes up, and is rolled out once', async (_, disturb) => {
    const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 2, green: 1 } } });
    disturb();
    await deployUntilDone(environment);
    const { items } = await cluster.api.apps.listNamespacedReplicaSet({ namespace: cluster.namespace, labelSelector: 'color=green' });
    expect(items).toHaveLength(2);
    expect(await environment.describe(call, 'green')).toMatchObject({ version: '2.0', capacity: 2, ready: 2 });
  });

  test.each([
    ['cut all the time', () => cluster.faults.inject({ verb: 'watch', cutAfterMs: 20, times: 1_000 })],
    ['not allowed', () => cluster.faults.deny({ verb: 'watch' })],
    ['not answered', () => cluster.faults.inject({ verb: 'watch', drop: 'request', times: 1_000 })],
    ['silent', () => cluster.faults.inject({ verb: 'watch', delayMs: 20_000, times: 1_000 })],
  ])('whose streams are %s: the version comes up', async (_, disturb) => {
    const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 2, green: 1 } } });
    disturb();
    expect(await environment.ensure(call, 'green', { ...want, version: slowVersion(300) })).toMatchObject({ capacity: 2, ready: 2 });
  });

  test('is left without a stream when the version is up', async () => {
    const { environment } = await makeEnvironment(cluster);
    await environment.ensure(call, 'green', { ...want, version: slowVersion(300) });
    expect(cluster.faults.callsOf('watch', 'deployments')).toHaveLength(1);
    await until('none is left', async () => (cluster.faults.cutStreams() === 0 ? true : null));
  });

  test("somebody else's write in the same moment stays", async () => {
    const { environment } = await makeEnvironment(cluster);
    const label = () => cluster.kubectl(['label', 'deployment', 'shop-green', 'team=checkout']);
    cluster.faults.inject({ verb: 'patch', resource: 'deployments', before: label });
    await environment.ensure(call, 'green', want);
    expect(cluster.faults.callsOf('patch', 'deployments').map(({ status }) => status)).toEqual([409, 200]);
    expect((await deploymentOf(cluster, 'green')).metadata!.labels).toMatchObject({ team: 'checkout' });
  });

  test('that is away for a while during the wait is waited for', async () => {
    const { environment } = await makeEnvironment(cluster);
    const deploying = environment.ensure(call, 'green', { ...want, version: slowVersion(2_000) });
    await until('it has begun', async () => ((await podsOf(cluster, 'shop-green')).length === 2 ? true : null));
    const outage = cluster.faults.outage();
    setTimeout(() => outage.stop(), 4_000);
    expect(await deploying).toMatchObject({ ready: 2 });
  });

  test('a right that lacks: which rule', async () => {
    const { environment } = await makeEnvironment(cluster);
    const message = 'deployments.apps "shop-green" is forbidden: User "worker" cannot patch resource "deployments"';
    cluster.faults.inject({ verb: 'patch', resource: 'deployments', status: 403, message });
    const failure = await failureOf(environment.ensure(call, 'green', want));
    expect(failure.type).toBe('PermissionDenied');
    expect(failure.message).toContain(
      'add the rule { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["shop-green"], verbs: ["patch"] }',
    );
  });
});
