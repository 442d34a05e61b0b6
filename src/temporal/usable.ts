import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TemporalServerError } from './errors.ts';

export interface UsableOptions {
  /** host:port, without TLS. */
  address: string;
  namespace: string;
  deadlineMs: number;
  /** Ends the waiting; what is thrown then means nothing. */
  signal: AbortSignal;
}

const CALL_MS = 2_000;
const NOT_FOUND = 5;

/** Waits until a Temporal server answers and its parts behind the frontend can look a workflow up. */
export async function untilUsable({ address, namespace, deadlineMs, signal }: UsableOptions): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const connection = Connection.lazy({ address, tls: false, interceptors: [] });
    try {
      await connection.withDeadline(Date.now() + CALL_MS, async () => {
        await connection.workflowService.getSystemInfo({});
        await connection.workflowService.describeNamespace({ namespace });
        await lookUp(connection, namespace);
      });
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new TemporalServerError(`the Temporal server at ${address} is not usable after ${deadlineMs / 1000} s: ${messageOf(error)}`);
      }
    } finally {
      await connection.close();
    }
    await sleep(100, undefined, { signal });
  }
}

/** "There is no such workflow" is an answer of the history service: from then on workflows can be started. */
async function lookUp(connection: import('@temporalio/client').Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: 'cutover-is-it-usable' } });
  } catch (error) {
    if ((error as { code?: number }).code !== NOT_FOUND) throw error;
  }
}
