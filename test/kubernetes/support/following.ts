/** All objects of a kind, at each change of one of them. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

export interface Followed {
  /** discovery.k8s.io/v1 */
  apiVersion: string;
  kind: string;
  /** As in the path. */
  plural: string;
  labelSelector?: string;
}

const AGAIN_MS = 100;

/** Tells of them as they are when it resolves, and of each change after that, over cut watches. Answers how to end it. */
export async function follow<T extends KubernetesObject>(
  { api, namespace }: Cluster,
  { apiVersion, kind, plural, labelSelector }: Followed,
  onChange: (objects: T[]) => void,
): Promise<() => void> {
  const objects = new Map<string, T>();
  const ended = new AbortController();
  const tell = () => onChange([...objects.values()]);
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;

  const begin = async (): Promise<void> => {
    const listed = await api.objects.list<T>(apiVersion, kind, namespace, undefined, undefined, undefined, undefined, labelSelector);
    objects.clear();
    for (const object of listed.items) objects.set(object.metadata!.name!, object);
    tell();
    const onEvent = (phase: string, object: T) => {
      if (phase === 'DELETED') objects.delete(object.metadata!.name!);
      else objects.set(object.metadata!.name!, object);
      tell();
    };
    const again = () => {
      if (!ended.signal.aborted) setTimeout(() => begin().catch(again), AGAIN_MS);
    };
    const from = { ...(labelSelector && { labelSelector }), resourceVersion: listed.metadata!.resourceVersion! };
    const watch = await api.watch.watch(path, from, onEvent, again);
    if (ended.signal.aborted) watch.abort();
    ended.signal.addEventListener('abort', () => watch.abort());
  };
  await begin();
  return () => ended.abort();
}
