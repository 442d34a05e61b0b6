/** What a request to the API server asks for, as RBAC names it. */
import type { IncomingHttpHeaders } from 'node:http';

export interface WireRequest {
  method: string;
  /** With its query string. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface KubernetesRequest extends WireRequest {
  /** get, list, watch, create, update, patch, delete, deletecollection; for what is no resource, the method in lower case. */
  verb: string;
  /** '' for the core's. */
  group: string;
  /** services, deployments/scale; for what is no resource, the path: /version. */
  resource: string;
  namespace: string | null;
  name: string | null;
  fieldManager: string | null;
}

const OF_ONE: Record<string, string> = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const OF_ALL: Record<string, string> = { ...OF_ONE, GET: 'list', DELETE: 'deletecollection' };

export function decodeRequest(wire: WireRequest): KubernetesRequest {
  const { pathname, searchParams } = new URL(wire.path, 'https://server');
  const fieldManager = searchParams.get('fieldManager');
  const place = placeOf(pathname);
  if (!place) {
    const none = { group: '', namespace: null, name: null };
    return { ...wire, ...none, verb: wire.method.toLowerCase(), resource: pathname, fieldManager };
  }
  const watch = ['1', 'true'].includes(searchParams.get('watch') ?? '');
  const verb = watch ? 'watch' : (place.name === null ? OF_ALL : OF_ONE)[wire.method]!;
  const selected = /metadata\.name=([^,]+)/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
  return { ...wire, ...place, name: place.name ?? selected ?? null, verb, fieldManager };
}

function placeOf(pathname: string): Pick<KubernetesRequest, 'group' | 'resource' | 'namespace' | 'name'> | null {
  const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const grouped = parts[0] === 'apis';
  const group = grouped ? parts[1]! : '';
  const rest = parts.slice(grouped ? 3 : 2);
  if ((!grouped && parts[0] !== 'api') || rest.length === 0) return null;
  const within = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2]!);
  const [resource, name, subresource] = within ? rest.slice(2) : rest;
  return {
    group,
    resource: subresource === undefined ? resource! : `${resource}/${subresource}`,
    namespace: within ? rest[1]! : null,
    name: name ?? null,
  };
}
