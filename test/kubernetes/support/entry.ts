/** Where the users of a shop come in, and what picks their color there: the Service's selector, or the weights of a route. */
import type { Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';
import { type EndpointsRecord, recordEndpoints, recordRoute } from './endpoints.ts';
import { acceptRoute, followRoute, isAccepted, ROUTE, readRoute, routeOf, weightsOf } from './route.ts';
import { type Shop, serviceOf } from './shop.ts';
import type { Written } from './writer.ts';

export interface Entry {
  /** What picks the color. */
  object: Written;
  /** Of the service file. */
  router: Record<string, unknown>;
  /** The color that all users are sent to; undefined where there is none. */
  selects(): Promise<string | undefined>;
  record(): Promise<EndpointsRecord>;
  close(): void;
}

export type EntryKind = 'service' | 'gateway';

export const entryOf = (kind: EntryKind, cluster: Cluster, shop: Shop): Promise<Entry> =>
  kind === 'service' ? byService(cluster, shop) : byGateway(cluster, shop);

async function byService(cluster: Cluster, { service, previewService, selectorKey }: Shop): Promise<Entry> {
  const { api, kubeconfig, namespace } = cluster;
  return {
    object: { apiVersion: 'v1', kind: 'Service', name: service },
    router: { type: 'kubernetes', kubeconfig, namespace, service, ...(previewService && { previewService }) },
    selects: async () => (await api.core.readNamespacedService({ namespace, name: service })).spec?.selector?.[selectorKey],
    record: () => recordEndpoints(cluster, service),
    close: () => undefined,
  };
}

/** A Service for each color, a route that sends to that of the live one, and the controller of its Gateway. */
async function byGateway(cluster: Cluster, { name, live, deployments, selectorKey }: Shop): Promise<Entry> {
  const { kubeconfig, namespace } = cluster;
  const of = (color: Color) => serviceOf(deployments[color], color, { name, selectorKey });
  await cluster.create(of('blue'), of('green'), routeOf(name, { blue: live === 'blue' ? 1 : 0, green: live === 'green' ? 1 : 0 }));
  const stop = await startGateway(cluster, name);
  const backend = (color: Color) => ({ service: deployments[color], port: 80 });
  return {
    object: { ...ROUTE, name },
    router: { type: 'gateway', kubeconfig, namespace, route: name, backends: { blue: backend('blue'), green: backend('green') } },
    selects: async () => {
      const weights = weightsOf(await readRoute(cluster, name));
      if (weights.blue > 0 && weights.green > 0) return undefined;
      return weights.blue > 0 ? 'blue' : 'green';
    },
    record: () => recordRoute(cluster, name),
    close: stop,
  };
}

/** Takes each generation of the route over, a moment later. */
const startGateway = (cluster: Cluster, name: string): Promise<() => void> =>
  followRoute(cluster, name, (route) => {
    // Where somebody has written meanwhile, that is a change, too.
    if (!isAccepted(route)) acceptRoute(cluster, name).catch(() => undefined);
  });
