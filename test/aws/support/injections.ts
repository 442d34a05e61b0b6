/** Faults that a test asks for, and which of them a request meets. */
import type { AwsRequest } from './request.ts';

export interface Fault {
  /** elasticloadbalancing:ModifyListener, elasticloadbalancing:*, or *. */
  action: string;
  /** Only requests that this says yes to. */
  when?: (request: AwsRequest) => boolean;
  /** How often; once where it is not said, for ever where `percent` is. */
  times?: number;
  /** Of the requests that it fits, by `faults.random`. */
  percent?: number;
  /** Answers this error, in the words of the request's protocol. */
  code?: string;
  message?: string;
  /** The HTTP status; fits the code where it is not said. */
  status?: number;
  /** Answers this instead of what AWS would: `<html>…`. */
  body?: string;
  /** Waits before anything else. */
  delayMs?: number;
  /** Closes the connection, before the request has reached AWS or after it was carried out. */
  drop?: 'request' | 'response';
  /** Fails now (with `code`, `body`, or a closed connection) and carries the request out so much later; 0: before it answers. */
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
  take(request: AwsRequest): Fault | null {
    const found = this.#active.find(({ fault }) => this.#fits(fault, request));
    if (!found) return null;
    found.hits += 1;
    found.left -= 1;
    if (found.left <= 0) found.stop();
    return found.fault;
  }

  #fits(fault: Fault, request: AwsRequest): boolean {
    const { action, when, percent } = fault;
    const named = action === '*' || action === request.action || action === `${request.service}:*`;
    return named && (when?.(request) ?? true) && (percent === undefined || this.random() * 100 < percent);
  }

  #remove(injection: object): void {
    this.#active = this.#active.filter((one) => one !== injection);
  }
}
