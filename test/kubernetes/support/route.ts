/** A Gateway API route for a shop. No controller runs: a test plays it. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';

export const ROUTES = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' } as const;

export interface HttpRoute extends KubernetesObject {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the Gateway API has, as a test expects it
  spec: any;
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  status?: any;
}

/** A route of a Gateway `edge`, whose only rule sends to the Services NAME-blue and NAME-green by these weights. */
export function routeOf(name: string, weights: Record<Color, number>): HttpRoute {
  const backendRefs = (['blue', 'green'] as const).map((color) => ({ name: `${name}-${color}`, port: 80, weight: weights[color] }));
  return {
    apiVersion: `${ROUTES.group}/${ROUTES.version}`,
    kind: 'HTTPRoute',
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'edge' }],
      hostnames: [`${name}.example`],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs }],
    },
  };
}

export async function readRoute({ api, namespace }: Cluster, name: string): Promise<HttpRoute> {
  return api.custom.getNamespacedCustomObject({ ...ROUTES, namespace, name });
}

/** Says what a Gateway's controller does when it has taken the route's present generation over (or refuses it). */
export async function acceptRoute(cluster: Cluster, name: string, accepted: 'True' | 'False' = 'True'): Promise<void> {
  const { api, namespace } = cluster;
  const route = await readRoute(cluster, name);
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: status === 'True' ? type : 'BackendNotFound',
    message: '',
    observedGeneration: route.metadata!.generation,
    lastTransitionTime: new Date().toISOString(),
  });
  const parents = [
    {
      parentRef: { group: ROUTES.group, kind: 'Gateway', name: 'edge' },
      controllerName: 'example.com/gateway',
      conditions: [condition('Accepted', 'True'), condition('ResolvedRefs', accepted)],
    },
  ];
  await api.custom.replaceNamespacedCustomObjectStatus({ ...ROUTES, namespace, name, body: { ...route, status: { parents } } });
}
