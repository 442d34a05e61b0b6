/** What deploy/base makes of a namespace, applied as people do it, and the worker's own kubeconfig there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Cluster } from './cluster.ts';

const BASE = fileURLToPath(new URL('../../../deploy/base', import.meta.url));

/** Answers with a kubeconfig of its service account, which goes through the fault proxy. */
export async function applyWorkerBase(cluster: Cluster): Promise<string> {
  const { api, namespace } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'cutover-overlay-'));
  try {
    const overlay = { namespace, resources: [relative(folder, BASE)] };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(overlay));
    await cluster.kubectl(['apply', '--kustomize', folder, '--validate=strict']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { status } = await api.core.createNamespacedServiceAccountToken({
    namespace,
    name: 'cutover-worker',
    body: { spec: { audiences: [] } },
  });
  return cluster.writeKubeconfig({ token: status!.token });
}
