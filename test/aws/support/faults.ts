/** What a test can have go wrong with a request, and which requests that is. */
import type { Frequency } from '../../support/injections.ts';
import type { AwsRequest } from './request.ts';

export interface Fault extends Frequency {
  /** elasticloadbalancing:ModifyListener, elasticloadbalancing:*, or *. */
  action: string;
  /** Only requests that this says yes to. */
  when?: (request: AwsRequest) => boolean;
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

export const fits = ({ action, when }: Fault, request: AwsRequest): boolean =>
  (action === '*' || action === request.action || action === `${request.service}:*`) && (when?.(request) ?? true);
