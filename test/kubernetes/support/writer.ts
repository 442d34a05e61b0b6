/** Another controller, which writes to an object all the time: a label and an annotation, and nothing that we know of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesObject, PatchStrategy } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

/** The label and the annotation, whose value is how often it has written. */
export const WRITES = 'example.com/writes';

export interface Written {
  apiVersion: string;
  kind: string;
  name: string;
}

export interface Writer {
  /** Resolves, when it has ended, to how often it wrote, which is what the object says. Rejects where somebody undid a write. */
  stop(): Promise<number>;
}

/** Writes anew after so many ms. */
export function startWriting({ api, namespace }: Cluster, { apiVersion, kind, name }: Written, everyMs: number): Writer {
  const object = { apiVersion, kind, metadata: { name, namespace } };
  const manager = 'example-controller';
  let writes = 0;
  let isOver = false;
  const write = async (): Promise<void> => {
    while (!isOver) {
      const said = { [WRITES]: String(writes + 1) };
      const body = { ...object, metadata: { ...object.metadata, labels: said, annotations: said } };
      await api.objects.patch(body, undefined, undefined, manager, undefined, PatchStrategy.MergePatch);
      writes += 1;
      await sleep(everyMs);
      const { metadata } = await api.objects.read<KubernetesObject>(object);
      const there = [metadata?.labels?.[WRITES], metadata?.annotations?.[WRITES]];
      if (there.some((count) => count !== String(writes))) throw new Error(`written ${writes} to ${kind} ${name}, but there is ${there}`);
    }
  };
  const ended = write();
  // Who stops it hears of it.
  ended.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await ended;
      return writes;
    },
  };
}
