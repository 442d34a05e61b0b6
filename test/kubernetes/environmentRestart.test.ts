import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Call, Environment } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { deploymentOf, makeEnvironment } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import { podsOf, slowVersion } from './support/pods.ts';
import { until } from './support/waiting.ts';

const cluster = useCluster({ plane: 'own' });

/** As a worker that is asked again by the workflow. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { type: string }).type !== 'Unavailable' || attempt === 20) throw error;
      await sleep(300);
    }
  }
}

const ensure = (environment: Environment, version: string, with_: Call = call) =>
  untilDone(() => environment.ensure(with_, 'green', { version, capacity: 2, deploymentId: 'd1' }));

test('an API server that is started anew while pods come up: the version comes up, rolled out once', async () => {
  const { environment } = await makeEnvironment(cluster);
  const deploying = ensure(environment, slowVersion(2_000));
  await until('it has begun', async () => ((await podsOf(cluster, 'shop-green')).length === 2 ? true : null));
  await cluster.restartApiServer(1_000);
  expect(await deploying).toMatchObject({ capacity: 2, ready: 2 });
  const { items } = await cluster.api.apps.listNamespacedReplicaSet({ namespace: cluster.namespace, labelSelector: 'color=green' });
  expect(items).toHaveLength(2);
});

test('an API server that is away when a deployment begins', async () => {
  const { environment } = await makeEnvironment(cluster);
  const restarting = cluster.restartApiServer(1_000);
  expect(await ensure(environment, '2.0')).toMatchObject({ version: '2.0', capacity: 2, ready: 2 });
  await restarting;
});

test('an API server that is started anew while a color is removed: nothing of it runs', async () => {
  const { environment } = await makeEnvironment(cluster);
  const removing = untilDone(() => environment.remove(call, 'blue'));
  await cluster.restartApiServer();
  await removing;
  expect(await podsOf(cluster, 'shop-blue')).toEqual([]);
  expect((await deploymentOf(cluster, 'blue')).spec!.replicas).toBe(0);
});
