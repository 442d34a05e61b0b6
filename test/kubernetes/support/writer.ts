/** Another controller, which writes to a Service all the time: neither its selector nor what we know of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const KEY = 'example.com/writes';

export interface Writer {
  /** Resolves, when it has ended, to how often it wrote, which is what its annotation says. Rejects where somebody undid a write. */
  stop(): Promise<number>;
}

/** Writes anew after so many ms: a label and an annotation, both called by its name. */
export function startWriting({ api, namespace }: Cluster, service: string, everyMs: number): Writer {
  let writes = 0;
  let isOver = false;
  const write = async (): Promise<void> => {
    while (!isOver) {
      const said = { [KEY]: String(writes + 1) };
      const body = { metadata: { labels: said, annotations: said } };
      await api.core.patchNamespacedService({ namespace, name: service, body, fieldManager: 'example-controller' }, MERGE);
      writes += 1;
      await sleep(everyMs);
      const { metadata } = await api.core.readNamespacedService({ namespace, name: service });
      const there = [metadata?.labels?.[KEY], metadata?.annotations?.[KEY]];
      if (there.some((count) => count !== String(writes))) throw new Error(`written ${writes}, but there is ${there}`);
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
