import { WorkflowUpdateFailedError } from '@temporalio/client/lib/errors.js';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { INVALID, REFUSED } from '../contract.ts';
import { type Link, within } from './connection.ts';
import { ClientError, explain, type GrpcTrouble, grpcTrouble } from './errors.ts';
import { ownPace } from './pace.ts';
import { sleep } from './sleep.ts';
import { isAnyWorkerBusy } from './workers.ts';

/** How long an update waits for a worker that takes it. */
export const UPDATE_TIMEOUT_MS = 10_000;
/**
 * How long a trouble may last before the call gives up: a lost connection; a server with too much to do; a run whose task failed because something else
 * had happened just then, which aborts all updates that came with it; a server that is too busy to find a namespace which it has.
 */
const PATIENCE_MS: Partial<Record<GrpcTrouble['kind'], number>> = {
  lost: 30_000,
  busy: 30_000,
  'not-ready': UPDATE_TIMEOUT_MS,
  'no-namespace': 2_000,
};
/** How long workers that are busy with other services are waited for. */
const BUSY_MS = 120_000;
/** How often an update is sent again to a run that was just being handed over. */
const HANDOVER_ATTEMPTS = 10;

/** Nobody took the update in time, and no worker is busy with others. */
export class NotTaken extends Error {}

/**
 * Sends an update that carries its own id, again and again with the same id, until it has an answer: over lost
 * connections, and over the moment in which the run continues as new (the id makes the repetition harmless).
 * `service`: whose workflow it is for, where there may be one.
 * Throws ClientError (Refused, Invalid, NoServer), NotTaken, or WorkflowNotFoundError where no run is open.
 */
export async function sendUpdate<Result>(link: Link, send: () => Promise<Result>, service?: string): Promise<Result> {
  let handovers = 0;
  const begun = Date.now();
  for (;;) {
    const asked = Date.now();
    const pace = ownPace();
    try {
      return await within(link, UPDATE_TIMEOUT_MS, send);
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError && !isHandover(error.cause)) throw answer(error.cause);
      if ((isHandover(error) || error instanceof WorkflowUpdateFailedError) && handovers++ < HANDOVER_ATTEMPTS) {
        await sleep(50 * handovers);
        continue;
      }
      if (error instanceof WorkflowNotFoundError) throw error;
      const trouble = grpcTrouble(error);
      if (trouble?.kind === 'timeout') {
        if (Date.now() - begun < BUSY_MS && (pace.isStarved() || (await isAnyWorkerBusy(link, asked, service)))) continue;
        throw new NotTaken(trouble.message, { cause: error });
      }
      if (trouble === null || Date.now() - begun > (PATIENCE_MS[trouble.kind] ?? 0)) throw explain(error, link.address);
      await sleep(250);
    } finally {
      pace.end();
    }
  }
}

/** The run was closing, to continue as new, while the update arrived. */
function isHandover(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.type === 'AcceptedUpdateCompletedWorkflow';
  if (error instanceof WorkflowNotFoundError) return /already completed|closed/i.test(error.message);
  const trouble = grpcTrouble(error);
  return trouble !== null && /update was aborted|workflow update.*(abort|closing)|workflow is closing/i.test(trouble.message);
}

function answer(cause: unknown): unknown {
  if (!(cause instanceof ApplicationFailure)) return cause;
  if (cause.type === REFUSED) return new ClientError('Refused', cause.message, { cause });
  if (cause.type === INVALID) return new ClientError('Invalid', cause.message, { cause });
  return new ClientError('Failed', cause.message, { cause });
}
