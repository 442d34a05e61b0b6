/** What is behind a Service, as kube-proxy reads it: its EndpointSlices. */
import type { V1EndpointSlice } from '@kubernetes/client-node';
import type { Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';
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

/** Follows a Service's EndpointSlices: whether there was a moment without ready endpoints is seen here, not by polling. */
export async function recordEndpoints({ api, namespace }: Cluster, service: string): Promise<EndpointsRecord> {
  const changes: EndpointsRecord['changes'] = [];
  const slices = new Map<string, V1EndpointSlice>();
  const ended = new AbortController();
  const note = () => changes.push({ at: Date.now(), ready: count([...slices.values()]) });
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;

  const follow = async (): Promise<void> => {
    const labelSelector = selectorOf(service);
    const { items, metadata } = await api.discovery.listNamespacedEndpointSlice({ namespace, labelSelector });
    slices.clear();
    for (const slice of items) slices.set(slice.metadata!.name!, slice);
    note();
    const onEvent = (phase: string, slice: V1EndpointSlice) => {
      if (phase === 'DELETED') slices.delete(slice.metadata!.name!);
      else slices.set(slice.metadata!.name!, slice);
      note();
    };
    const again = () => {
      if (!ended.signal.aborted) setTimeout(() => follow().catch(again), 100);
    };
    const watch = await api.watch.watch(path, { labelSelector, resourceVersion: metadata!.resourceVersion! }, onEvent, again);
    if (ended.signal.aborted) watch.abort();
    ended.signal.addEventListener('abort', () => watch.abort());
  };
  await follow();
  return { changes, fewest: () => Math.min(...changes.map(({ ready }) => ready.blue + ready.green)), stop: () => ended.abort() };
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
