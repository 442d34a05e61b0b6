/** Between Temporal and the providers, once for all activities: heartbeats, cancellation, and failures by their names. */
import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, Failure } from '../core/failure.ts';
import type { Json } from '../core/plan.ts';
import type { Call } from '../providers/types.ts';

/** Often enough for the shortest heartbeat timeout in workflows/options.ts (5 s); the SDK throttles what it sends. */
const HEARTBEAT_MS = 1_000;

/** A Call that knows what a former attempt has reported. */
export interface ActivityCall extends Call {
  /** The last heartbeat's detail of the attempt before, or undefined. */
  resumed: Json | undefined;
}

/**
 * Runs `work` as an activity. It heartbeats by itself with the newest detail, so that a lost worker is noticed and a
 * cancellation arrives; a Failure keeps its name, anything else may pass and is tried again.
 */
export async function atBoundary<T>(work: (call: ActivityCall) => Promise<T>): Promise<T> {
  // Captured here: an abort listener or a timer runs outside the activity's own context.
  const context = Context.current();
  let detail: Json | undefined = context.info.heartbeatDetails as Json | undefined;
  const beat = (): void => context.heartbeat(detail);
  const timer = setInterval(beat, HEARTBEAT_MS);
  const call: ActivityCall = {
    signal: context.cancellationSignal,
    resumed: detail,
    heartbeat: (newest) => {
      if (newest !== undefined) detail = newest;
      beat();
    },
  };
  try {
    beat();
    return await work(call);
  } catch (error) {
    if (context.cancellationSignal.aborted) throw new CancelledFailure('not wanted any more');
    throw translated(error);
  } finally {
    clearInterval(timer);
  }
}

function translated(error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Failure))
    return ApplicationFailure.create({ type: 'Unavailable', message, ...(error instanceof Error && { cause: error }) });
  return ApplicationFailure.create({
    type: error.type,
    message,
    nonRetryable: FAILURES[error.type].final,
    details: error.details === undefined ? [] : [error.details],
  });
}
