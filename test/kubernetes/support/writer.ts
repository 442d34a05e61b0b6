/** Another controller, which writes to a Service all the time: neither its selector nor what we know of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

export interface Writer {
  /** Resolves, when it has ended, to how often it wrote, which is what its annotation says. */
  stop(): Promise<number>;
}

/** Writes anew after so many ms: a label and an annotation, both called by its name. */
export function startWriting({ api, namespace }: Cluster, service: string, everyMs: number): Writer {
  let writes = 0;
  let isOver = false;
  const write = async (): Promise<void> => {
    while (!isOver) {
      const said = { 'example.com/writes': String(writes + 1) };
      const body = { metadata: { labels: said, annotations: said } };
      await api.core.patchNamespacedService({ namespace, name: service, body, fieldManager: 'example-controller' }, MERGE);
      writes += 1;
      await sleep(everyMs);
    }
  };
  const ended = write();
  return {
    stop: async () => {
      isOver = true;
      await ended;
      return writes;
    },
  };
}
