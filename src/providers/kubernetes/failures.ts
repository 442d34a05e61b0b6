/** What an API server's answer means, in our words: which verb on what, what the server said, what to do. */
import { Failure, type FailureType } from '../../core/failure.ts';
import { type Asked, ruleFor } from './resources.ts';

/**
 * Somebody wrote in between (409), or owns the field: the caller reads again and decides. Where nobody decides it is tried again
 * as a passing trouble.
 */
export class Conflict extends Failure {
  constructor(
    message: string,
    /** The server's word: Conflict, or AlreadyExists. */
    readonly reason: string,
  ) {
    super('Unavailable', message);
  }
}

/** What the client throws: an ApiException has a code; what never got an answer has not. */
export interface Thrown {
  code?: number | string;
  name?: string;
  message?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Said {
  reason: string;
  message: string;
}

/** `timedOut`: there was no answer within the request's own time. */
export function failureOf(error: Thrown, asked: Asked, timedOut: string | null): Failure {
  const what = `${asked.verb} ${asked.resource} ${asked.name}`;
  const { reason, message } = saidBy(error);
  const said = [reason, message].filter(Boolean).join(': ') || 'no message';
  const failure = (type: FailureType, how: string, cure: string) => new Failure(type, `${what} ${how} (${said}); ${cure}`);
  const status = statusOf(error);
  if (timedOut !== null) return new Failure('Unavailable', `${what} was not answered within ${timedOut}; it is asked again`);
  if (status === null) return failure('Unavailable', 'had no answer', 'whether the API server can be reached is tried again');
  if (status === 401)
    return failure('Unavailable', 'was not asked', 'the worker has no valid credentials: check its kubeconfig or its service account');
  if (status === 403 && isDenied(message))
    return failure('PermissionDenied', 'is not allowed', `add the rule ${ruleFor(asked)} to the worker's Role, then try again`);
  if (status === 403) return failure('PermissionDenied', 'was forbidden', 'correct what it names, or what forbids it, then try again');
  if (status === 404) return failure('NotFound', 'found nothing', 'check the name, the namespace and the context');
  if (status === 409) return new Conflict(`${what} met somebody else's write (${said}); it is read again and decided again`, reason);
  if (status === 429) return failure('Unavailable', 'was throttled', 'it is tried again');
  if (status >= 400 && status < 500 && status !== 408 && status !== 410)
    return failure('InvalidConfiguration', 'was refused', 'correct what it names');
  return failure('Unavailable', `was not answered properly (HTTP ${status})`, 'whether it happened is not known; it is read again');
}

export const statusOf = ({ code }: Thrown): number | null => (typeof code === 'number' ? code : null);

/** How long the server asks to be left alone, ms; 0 where it does not say. */
export const retryAfterMs = ({ headers }: Thrown): number => {
  const seconds = Number(headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
};

/** RBAC's own words; an admission plugin (a quota, a webhook, a policy) forbids with the same status. */
const isDenied = (message: string): boolean => /\bcannot \w+ resource\b/.test(message);

function saidBy(error: Thrown): Said {
  const { body, message = '', name = 'Error' } = error;
  const status = parsed(body);
  if (status) return { reason: status.reason ?? '', message: short(status.message ?? '') };
  if (typeof body === 'string') return { reason: '', message: short(body) };
  // The client's own message of an answer is all of its headers.
  if (statusOf(error) !== null) return { reason: '', message: '' };
  return { reason: name === 'Error' ? '' : name, message: short(message) };
}

function parsed(body: unknown): Partial<Said> | null {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    return typeof status === 'object' && status !== null && 'message' in status ? (status as Partial<Said>) : null;
  } catch {
    return null;
  }
}

const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 400);
