/** A Gateway API route for a shop. No controller runs: a test plays it. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';
import { follow } from './following.ts';

export const ROUTES = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' } as const;

export const ROUTE = { apiVersion: `${ROUTES.group}/${ROUTES.version}`, kind: 'HTTPRoute' } as const;

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
    ...ROUTE,
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'edge' }],
      hostnames: [`${name}.example`],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs }],
    },
  };
}

/** What its only rule says. */
export function weightsOf({ spec }: HttpRoute): Record<Color, number> {
  const weight = (color: Color): number =>
    spec.rules[0].backendRefs.find(({ name }: { name: string }) => name.endsWith(`-${color}`))?.weight ?? 0;
  return { blue: weight('blue'), green: weight('green') };
}

/** Tells of it as it is when it resolves, and of each change after that. Answers how to end it. */
export const followRoute = (cluster: Cluster, name: string, onChange: (route: HttpRoute) => void): Promise<() => void> =>
  follow<HttpRoute>(cluster, { ...ROUTE, plural: ROUTES.plural }, (routes) => {
    const route = routes.find(({ metadata }) => metadata?.name === name);
    if (route) onChange(route);
  });

export async function readRoute({ api, namespace }: Cluster, name: string): Promise<HttpRoute> {
  return api.custom.getNamespacedCustomObject({ ...ROUTES, namespace, name });
}

/** Its Gateway's controller has taken the present generation over. */
export const isAccepted = ({ metadata, status }: HttpRoute): boolean =>
  status?.parents?.[0]?.conditions[0]?.observedGeneration === metadata?.generation;

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
