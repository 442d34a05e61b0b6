/** One request to the API server, within a time limit; what passes within two seconds is not worth a failure. */
import { setTimeout as pause } from 'node:timers/promises';
import { type ConfigurationOptions, Observable, type RequestContext, type ResponseContext } from '@kubernetes/client-node';
import { formatDuration } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';
import type { Call } from '../types.ts';
import { failureOf, retryAfterMs, statusOf, type Thrown } from './failures.ts';
import type { Asked } from './resources.ts';

export { Conflict } from './failures.ts';
export type { Asked } from './resources.ts';

const REQUEST_MS = 5_000;
/** What lasts longer is the workflow's to retry. */
const BUDGET_MS = 2_200;
const PAUSES_MS = [100, 300, 700, 1_000];

const PATCHES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface Request extends Asked {
  /** How the body of a patch is meant. */
  patch?: keyof typeof PATCHES;
}

/**
 * Sends one request; `send` hands the options on to the client's method. 429, 5xx and lost connections are tried again for about
 * two seconds: a write may so be sent twice, and has to bear that. Throws PermissionDenied, NotFound and InvalidConfiguration,
 * which are final, Conflict (409), and Unavailable for all else: a write that failed so may have happened all the same.
 */
export async function ask<Answer>(call: Call, request: Request, send: (options: ConfigurationOptions) => Promise<Answer>): Promise<Answer> {
  const until = Date.now() + BUDGET_MS;
  for (let turn = 0; ; turn++) {
    call.signal.throwIfAborted();
    const limit = AbortSignal.timeout(REQUEST_MS);
    try {
      return await send(optionsOf(AbortSignal.any([call.signal, limit]), request));
    } catch (error) {
      call.signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      const thrown = error as Thrown;
      const wait = Math.max(PAUSES_MS[Math.min(turn, PAUSES_MS.length - 1)]!, retryAfterMs(thrown));
      if (!mayPass(thrown) || Date.now() + wait > until)
        throw failureOf(thrown, request, limit.aborted ? formatDuration(REQUEST_MS) : null);
      await pause(wait, undefined, { signal: call.signal });
    }
  }
}

function mayPass(thrown: Thrown): boolean {
  const status = statusOf(thrown);
  return status === null || status === 429 || status >= 500;
}

function optionsOf(signal: AbortSignal, { patch, resource }: Request): ConfigurationOptions {
  const pre = (request: RequestContext) => {
    request.setSignal(signal);
    request.setHeaderParam('User-Agent', 'cutover');
    if (patch !== undefined) request.setHeaderParam('Content-Type', PATCHES[patch]);
    return new Observable(Promise.resolve(request));
  };
  const post = (response: ResponseContext) => new Observable(resource === 'pods/log' ? Promise.resolve(response) : json(response));
  return { middleware: [{ pre, post }], middlewareMergeStrategy: 'append' };
}

/** What a proxy or a sign-in page answers, the client would take for an object without anything in it. */
async function json(response: ResponseContext): Promise<ResponseContext> {
  const { httpStatusCode: status, headers } = response;
  const type = headers['content-type'] ?? 'no type';
  if (status < 300 && !type.startsWith('application/json')) throw new Error(`something answered with ${type} instead of JSON`);
  return response;
}
