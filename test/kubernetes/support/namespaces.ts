import { randomBytes } from 'node:crypto';
import type { CoreV1Api } from '@kubernetes/client-node';
import { until } from './waiting.ts';

/** A new one in which pods can be made: with its default service account. */
export async function makeNamespace(core: CoreV1Api): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name } } });
  return until(`the namespace ${name} has a service account`, async () => {
    const { items } = await core.listNamespacedServiceAccount({ namespace: name });
    return items.length > 0 ? name : null;
  });
}
