import type { V1Deployment } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { until } from './waiting.ts';

/** Waits as `kubectl rollout status` does: all of a Deployment's pods are of its template, and available. */
export function untilReady({ api, namespace }: Cluster, deployment: string): Promise<V1Deployment> {
  return until(`the Deployment ${deployment} is ready`, async () => {
    const read = await api.apps.readNamespacedDeployment({ namespace, name: deployment });
    return isReady(read) ? read : null;
  });
}

function isReady({ metadata, spec, status }: V1Deployment): boolean {
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status ?? {};
  const wanted = spec!.replicas ?? 1;
  return observedGeneration >= metadata!.generation! && [updatedReplicas, replicas, availableReplicas].every((count) => count === wanted);
}
