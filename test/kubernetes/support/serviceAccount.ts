/** Somebody who may do what a Role allows, and nothing else. */
import { randomBytes } from 'node:crypto';
import type { V1PolicyRule } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

/** A kubeconfig of a new service account that has a Role with these rules in the test's namespace; it goes through the fault proxy. */
export async function serviceAccountKubeconfig(cluster: Cluster, rules: V1PolicyRule[]): Promise<string> {
  const { api, namespace } = cluster;
  const name = `worker-${randomBytes(3).toString('hex')}`;
  await api.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  await api.rbac.createNamespacedRole({ namespace, body: { metadata: { name }, rules } });
  await api.rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    },
  });
  const { status } = await api.core.createNamespacedServiceAccountToken({ namespace, name, body: { spec: { audiences: [] } } });
  return cluster.writeKubeconfig({ token: status!.token });
}
