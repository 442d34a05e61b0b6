/** What a test can have go wrong with a request, and which requests that is. */
import type { Frequency } from '../../support/injections.ts';
import type { KubernetesRequest } from './request.ts';

/** Which requests: those that fit all that is said. */
export interface Matcher {
  /** patch, or several. */
  verb?: string | readonly string[];
  /** services, deployments/scale, or several. */
  resource?: string | readonly string[];
  namespace?: string;
  name?: string;
  when?: (request: KubernetesRequest) => boolean;
}

export interface Fault extends Matcher, Frequency {
  /** Answers this error: 403, 409, 429 (with Retry-After), 503… */
  status?: number;
  reason?: string;
  message?: string;
  /** Seconds, in the header Retry-After. */
  retryAfter?: number;
  /** Answers this, with `status` or 200, instead of what the API server would. */
  body?: string;
  /** Waits before anything else. */
  delayMs?: number;
  /** Runs before the request is carried out: what somebody else does in the same moment. */
  before?: (request: KubernetesRequest) => Promise<unknown>;
  /** Runs when the request was carried out, before it is answered; the connection is closed where it rejects. */
  after?: () => Promise<unknown>;
  /** Closes the connection, before the request has reached the API server or after it was carried out. */
  drop?: 'request' | 'response';
  /** Closes the connection of a stream so long after it began. */
  cutAfterMs?: number;
  /** Fails now (with `status`, or a closed connection) and carries the request out so much later; 0: before it answers. */
  applyAfterMs?: number;
}

export const fits = ({ verb, resource, namespace, name, when }: Matcher, request: KubernetesRequest): boolean =>
  among(verb, request.verb) &&
  among(resource, request.resource) &&
  among(namespace, request.namespace) &&
  among(name, request.name) &&
  (when?.(request) ?? true);

const among = (wanted: string | readonly string[] | undefined, value: string | null): boolean =>
  wanted === undefined || (value !== null && (typeof wanted === 'string' ? wanted === value : wanted.includes(value)));
