/** Errors as the API server words them. */
import type { KubernetesRequest } from './request.ts';

export interface ErrorOptions {
  reason?: string | undefined;
  message?: string | undefined;
  /** Seconds. */
  retryAfter?: number | undefined;
}

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** A Status object. 429 says when to try again, as the server's own does: after a second. */
export function statusOf(request: KubernetesRequest, code: number, options: ErrorOptions) {
  const { group, resource, name } = request;
  const retryAfterSeconds = retryAfterOf(code, options);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: options.message ?? messageOf(request, code),
    reason: options.reason ?? REASONS[code] ?? 'Unknown',
    details: { group, kind: resource, ...(name !== null && { name }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
    code,
  };
}

export const retryAfterOf = (code: number, { retryAfter }: ErrorOptions): number | undefined =>
  retryAfter ?? (code === 429 ? 1 : undefined);

function messageOf({ verb, group, resource, namespace, name }: KubernetesRequest, code: number): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const object = name === null ? qualified : `${qualified} "${name}"`;
  const place = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const messages: Record<number, string> = {
    401: 'Unauthorized',
    403: `${object} is forbidden: User "tester" cannot ${verb} resource "${resource}" in API group "${group}" ${place}`,
    404: `${object} not found`,
    409: `Operation cannot be fulfilled on ${object}: the object has been modified; please apply your changes to the latest version and try again`,
    429: 'the server has received too many requests and has asked us to try again later',
    503: 'the server is currently unable to handle the request',
    504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
  };
  return messages[code] ?? `an error on the server ("unknown") has prevented the request from succeeding (${verb} ${object})`;
}
