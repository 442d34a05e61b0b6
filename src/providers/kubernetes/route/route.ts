/** An HTTPRoute: what of it is read, and how its weights are written. All else of it is never touched. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Call } from '../../types.ts';
import { type Api, FIELD_MANAGER } from '../api.ts';
import { ask } from '../ask.ts';

const KIND = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' } as const;

export interface BackendRef {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
  port?: number;
  /** 1 where it is not said. */
  weight?: number;
}

export interface Rule {
  name?: string;
  filters?: { type: string }[];
  backendRefs?: BackendRef[];
}

export interface ParentRef {
  name: string;
  namespace?: string;
  sectionName?: string;
  port?: number;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

export interface HttpRoute {
  metadata: V1ObjectMeta;
  spec?: { parentRefs?: ParentRef[]; rules?: Rule[] };
  status?: { parents?: { parentRef: ParentRef; controllerName?: string; conditions?: Condition[] }[] };
}

/** RFC 6902 */
export type Operation = { op: 'add' | 'replace'; path: string; value: unknown };

export const readRoute = (call: Call, { custom, namespace }: Api, name: string): Promise<HttpRoute> =>
  ask(call, { verb: 'get', resource: 'httproutes', name: `${namespace}/${name}` }, (options) =>
    custom.getNamespacedCustomObject({ ...KIND, namespace, name }, options),
  );

/** Only these operations, and only if nobody wrote the route since it was read: throws Conflict. */
export function patchRoute(call: Call, { custom, namespace }: Api, read: HttpRoute, operations: Operation[]): Promise<HttpRoute> {
  const { name = '', resourceVersion } = read.metadata;
  // Not a `test`, whose failure is the same error as a route that is not valid: with another version in it, it is a conflict.
  const body: Operation[] = [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }, ...operations];
  return ask(call, { verb: 'patch', resource: 'httproutes', name: `${namespace}/${name}`, patch: 'json' }, (options) =>
    custom.patchNamespacedCustomObject({ ...KIND, namespace, name, body, fieldManager: FIELD_MANAGER }, options),
  );
}
