/** Routers of a service file in the namespace of a test, and all that may be seen of what they write. */
import { type KubernetesObject, PatchStrategy, setHeaderOptions, type V1Service } from '@kubernetes/client-node';
import type { Color } from '../../src/core/plan.ts';
import { gatewayRouter } from '../../src/providers/routers/gateway.ts';
import { kubernetesRouter } from '../../src/providers/routers/kubernetes.ts';
import type { ProviderContext, Router } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import type { Cluster } from './support/cluster.ts';

export const contextOf = (folder = '/nowhere'): ProviderContext => ({
  service: 'shop',
  folder,
  stateDir: `${folder}/.cutover`,
  endpoints: { blue: null, green: null, preview: null },
});

/** Through the fault proxy, unless it is given another kubeconfig. */
export const serviceRouter = ({ kubeconfig }: Cluster, change: Record<string, unknown> = {}): Promise<Router> =>
  kubernetesRouter.create(kubernetesRouter.options.parse({ kubeconfig, service: 'shop', ...change }), contextOf());

export const routeRouter = ({ kubeconfig }: Cluster, change: Record<string, unknown> = {}): Promise<Router> =>
  gatewayRouter.create(
    gatewayRouter.options.parse({
      kubeconfig,
      route: 'shop',
      backends: { blue: { service: 'shop-blue', port: 80 }, green: { service: 'shop-green', port: 80 } },
      ...change,
    }),
    contextOf(),
  );

/** As the workflow does. */
export const send = async (router: Router, to: Color) => router.write(call(), { to, from: await router.read(call()) });

export const readService = ({ api, namespace }: Cluster, name = 'shop'): Promise<V1Service> =>
  api.core.readNamespacedService({ name, namespace });

export const selectorOf = async (cluster: Cluster, name = 'shop') => (await readService(cluster, name)).spec?.selector;

/** What somebody does with kubectl. */
export const kubectlSelects = (cluster: Cluster, color: string, name = 'shop') =>
  cluster.kubectl(['patch', 'service', name, '-p', JSON.stringify({ spec: { selector: { color } } })]);

/** A Service changes, and its colors do not: as controllers do that keep annotations. */
export const annotate = ({ api, namespace }: Cluster, name = 'shop') =>
  api.core.patchNamespacedService(
    { name, namespace, fieldManager: 'controller', body: { metadata: { annotations: { touched: String(Math.random()) } } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );

/** A Service that no Deployment stands behind: for what only the selector matters to. */
export const makeService = (cluster: Cluster, selector: Record<string, string> | undefined, name = 'shop') =>
  cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ...(selector && { selector }), ports: [{ port: 80 }] },
  } as KubernetesObject);
