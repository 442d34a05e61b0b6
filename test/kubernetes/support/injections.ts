/** Faults that a test asks for, and which of them a request meets. */
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

export interface Fault extends Matcher {
  /** How often; once where it is not said, for ever where `percent` is. */
  times?: number;
  /** Of the requests that it fits, by `faults.random`. */
  percent?: number;
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
  /** Closes the connection, before the request has reached the API server or after it was carried out. */
  drop?: 'request' | 'response';
  /** Closes the connection of a stream so long after it began. */
  cutAfterMs?: number;
  /** Fails now (with `status`, or a closed connection) and carries the request out so much later; 0: before it answers. */
  applyAfterMs?: number;
}

export interface Injection {
  readonly fault: Fault;
  /** How many requests have met it. */
  readonly hits: number;
  stop(): void;
}

export class Injections {
  #active: { fault: Fault; hits: number; left: number; stop(): void }[] = [];
  /** [0, 1): a test that needs to repeat itself sets its own. */
  random: () => number = Math.random;

  inject(fault: Fault): Injection {
    const left = fault.times ?? (fault.percent === undefined ? 1 : Number.POSITIVE_INFINITY);
    const injection = { fault, hits: 0, left, stop: () => this.#remove(injection) };
    this.#active.push(injection);
    return injection;
  }

  clear(): void {
    this.#active = [];
    this.random = Math.random;
  }

  /** The first that fits, which is then used up by one. */
  take(request: KubernetesRequest): Fault | null {
    const found = this.#active.find(
      ({ fault }) => fits(fault, request) && (fault.percent === undefined || this.random() * 100 < fault.percent),
    );
    if (!found) return null;
    found.hits += 1;
    found.left -= 1;
    if (found.left <= 0) found.stop();
    return found.fault;
  }

  #remove(injection: object): void {
    this.#active = this.#active.filter((one) => one !== injection);
  }
}

export const fits = ({ verb, resource, namespace, name, when }: Matcher, request: KubernetesRequest): boolean =>
  among(verb, request.verb) &&
  among(resource, request.resource) &&
  among(namespace, request.namespace) &&
  among(name, request.name) &&
  (when?.(request) ?? true);

const among = (wanted: string | readonly string[] | undefined, value: string | null): boolean =>
  wanted === undefined || (value !== null && (typeof wanted === 'string' ? wanted === value : wanted.includes(value)));
