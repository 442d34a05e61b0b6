/** Reading a Service, and writing one key of its selector. */
import type { V1Service } from '@kubernetes/client-node';
import type { Call } from '../../types.ts';
import { type Api, FIELD_MANAGER } from '../api.ts';
import { ask } from '../ask.ts';

export const readService = (call: Call, { core, namespace }: Api, name: string): Promise<V1Service> =>
  ask(call, { verb: 'get', resource: 'services', name: `${namespace}/${name}` }, (options) =>
    core.readNamespacedService({ name, namespace }, options),
  );

/**
 * Only this key, and only if nobody wrote the Service since it was read: throws Conflict. `value` null takes the key away. One that
 * comes late, after a later write, is refused by the API server for the same reason.
 */
export async function selectBy(call: Call, { core, namespace }: Api, read: V1Service, key: string, value: string | null): Promise<void> {
  const { name = '', resourceVersion } = read.metadata ?? {};
  const body = { metadata: { resourceVersion }, spec: { selector: { [key]: value } } };
  await ask(call, { verb: 'patch', resource: 'services', name: `${namespace}/${name}`, patch: 'merge' }, (options) =>
    core.patchNamespacedService({ name, namespace, body, fieldManager: FIELD_MANAGER }, options),
  );
}
