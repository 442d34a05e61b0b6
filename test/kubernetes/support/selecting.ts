/** The product's own write, for tests of the harness: the Service is patched to select green. */
import { clientsOf } from './clients.ts';
import type { Cluster } from './cluster.ts';

export const SELECT_GREEN = [{ op: 'replace', path: '/spec/selector/color', value: 'green' }];

/** Through the fault proxy. */
export function selectGreen({ kubeconfig, namespace }: Cluster) {
  const { core } = clientsOf(kubeconfig);
  return core.patchNamespacedService({ namespace, name: 'shop', fieldManager: 'cutover', body: SELECT_GREEN });
}

export async function selectedColor({ api, namespace }: Cluster): Promise<string | undefined> {
  const { spec } = await api.core.readNamespacedService({ namespace, name: 'shop' });
  return spec!.selector!.color;
}

// biome-ignore lint/suspicious/noExplicitAny: errors of every kind
export const failureOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => null,
    (error) => error,
  );
