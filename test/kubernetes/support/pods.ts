/** What can be wrong with pods. The simulated kubelet reads it off the tag of an image; the rest is done to running pods here. */
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { until } from './waiting.ts';

/** tools/kubernetes/kwok.yaml knows them. For Unschedulable a shop's `cpu` asks for more than a node has. */
export type Trouble = 'never-ready' | 'image-pull' | 'crash-loop';

/** A version whose pods have it: 2.0-crash-loop */
export const troubledVersion = (trouble: Trouble): string => `2.0-${trouble}`;

/** A version whose pods need so long to become ready. */
export const slowVersion = (ms: number): string => `2.0-slow-${ms}ms`;

/** The pods of a shop's Deployment. */
export async function podsOf({ api, namespace }: Cluster, deployment: string): Promise<V1Pod[]> {
  const { items } = await api.core.listNamespacedPod({ namespace });
  return items.filter(({ metadata }) => metadata!.name!.startsWith(`${deployment}-`));
}

/** As the kubelet does when a readiness probe begins to fail, or succeeds again. */
export async function setReady(cluster: Cluster, pods: readonly V1Pod[], ready: 'True' | 'False'): Promise<void> {
  const { api, namespace } = cluster;
  const lastTransitionTime = new Date();
  const failing = ready === 'False' && { reason: 'ContainersNotReady', message: 'containers with unready status' };
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: ready, lastTransitionTime, ...failing }));
  const options = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  for (const { metadata } of pods) {
    await api.core.patchNamespacedPodStatus({ namespace, name: metadata!.name!, body: { status: { conditions } } }, options);
  }
}

/** As the node controller does when a node is not heard of any more: its pods (those of this test) are not ready. Answers which. */
export async function loseNode(cluster: Cluster, node: string): Promise<V1Pod[]> {
  const { items } = await cluster.api.core.listNamespacedPod({ namespace: cluster.namespace, fieldSelector: `spec.nodeName=${node}` });
  await setReady(cluster, items, 'False');
  return items;
}

/** What every container answers who asks for its log through the fault proxy: simulated pods have none. */
export function letPodsLog({ faults }: Cluster, log: string): void {
  faults.inject({ verb: 'get', resource: 'pods/log', body: log, times: Number.POSITIVE_INFINITY });
}

/** Allows so many pods in the test's namespace; resolves when that is in force. */
export async function limitPods({ api, namespace }: Cluster, pods: number): Promise<void> {
  await api.core.createNamespacedResourceQuota({ namespace, body: { metadata: { name: 'pods' }, spec: { hard: { pods: String(pods) } } } });
  await until('the quota is in force', async () => {
    const { status } = await api.core.readNamespacedResourceQuota({ namespace, name: 'pods' });
    return status?.used?.pods === undefined ? null : status;
  });
}
