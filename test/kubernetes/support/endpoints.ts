/** What is behind a Service, as kube-proxy reads it: its EndpointSlices. */
import type { V1EndpointSlice } from '@kubernetes/client-node';
import { COLORS, type Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';
import { follow } from './following.ts';
import { followRoute, weightsOf } from './route.ts';
import { until } from './waiting.ts';

export type ReadyPods = Record<Color, number>;

/** How many ready pods of each color are behind it now. */
export async function readyPods({ api, namespace }: Cluster, service: string): Promise<ReadyPods> {
  const { items } = await api.discovery.listNamespacedEndpointSlice({ namespace, labelSelector: selectorOf(service) });
  return count(items);
}

/** Waits until so many are, and none of a color that is not named. */
export function untilEndpoints(cluster: Cluster, service: string, wanted: Partial<ReadyPods>): Promise<ReadyPods> {
  return until(`the Service ${service} has the endpoints ${JSON.stringify(wanted)}`, async () => {
    const ready = await readyPods(cluster, service);
    return ready.blue === (wanted.blue ?? 0) && ready.green === (wanted.green ?? 0) ? ready : null;
  });
}

export interface EndpointsRecord {
  /** Each change, in order; the first is how it was. */
  changes: { at: number; ready: ReadyPods }[];
  /** The fewest ready pods that ever were behind the Service. */
  fewest(): number;
  stop(): void;
}

const SLICES = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices' } as const;

/** Follows a Service's EndpointSlices: whether there was a moment without ready endpoints is seen here, not by polling. */
export async function recordEndpoints(cluster: Cluster, service: string): Promise<EndpointsRecord> {
  const record = newRecord();
  const stop = await follow<V1EndpointSlice>(cluster, { ...SLICES, labelSelector: selectorOf(service) }, (slices) =>
    record.note(count(slices)),
  );
  return { ...record, stop };
}

/** The same of a route, for the Services NAME-blue and NAME-green: those pods that it sends users to. */
export async function recordRoute(cluster: Cluster, name: string): Promise<EndpointsRecord> {
  const record = newRecord();
  let ready: ReadyPods = { blue: 0, green: 0 };
  let weights: Record<Color, number> = { blue: 1, green: 1 };
  const note = () => record.note({ blue: weights.blue > 0 ? ready.blue : 0, green: weights.green > 0 ? ready.green : 0 });
  const labelSelector = `kubernetes.io/service-name in (${COLORS.map((color) => `${name}-${color}`)})`;
  const stopSlices = await follow<V1EndpointSlice>(cluster, { ...SLICES, labelSelector }, (slices) => {
    ready = count(slices);
    note();
  });
  const stopRoute = await followRoute(cluster, name, (route) => {
    weights = weightsOf(route);
    note();
  });
  return {
    ...record,
    stop: () => {
      stopSlices();
      stopRoute();
    },
  };
}

function newRecord() {
  const changes: EndpointsRecord['changes'] = [];
  return {
    changes,
    note: (ready: ReadyPods) => void changes.push({ at: Date.now(), ready }),
    fewest: () => Math.min(...changes.map(({ ready }) => ready.blue + ready.green)),
  };
}

const selectorOf = (service: string): string => `kubernetes.io/service-name=${service}`;

function count(slices: readonly V1EndpointSlice[]): ReadyPods {
  const pods = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef }) => targetRef?.name ?? '');
  const of = (color: Color) => new Set(pods.filter((name) => name.includes(`-${color}-`))).size;
  return { blue: of('blue'), green: of('green') };
}
