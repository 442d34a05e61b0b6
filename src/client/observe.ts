import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client/lib/errors.js';
import type { WorkflowHandle } from '@temporalio/client/lib/workflow-client.js';
import { OBSERVE_WORKFLOW_TYPE, type Observed, type Plan } from '../contract.ts';
import { type Link, noWorker, within } from './connection.ts';
import { ClientError, explain } from './errors.ts';

const OBSERVE_TIMEOUT_MS = 60_000;
const WORKER_TIMEOUT_MS = 8_000;

/**
 * What the router and both colors say now, and (`inspect`) what is wrong with the set-up; read by a worker: whoever calls needs no credentials.
 * Throws ClientError Failed (what could not be read, and why), NoWorker or NoServer.
 */
export async function observe(link: Link, plan: Plan, asked: { inspect?: true } = {}): Promise<Observed> {
  try {
    const handle = await link.workflows.start(OBSERVE_WORKFLOW_TYPE, {
      workflowId: `cutover-observe/${plan.service}/${randomUUID()}`,
      taskQueue: link.taskQueue,
      args: [plan, asked],
      workflowExecutionTimeout: OBSERVE_TIMEOUT_MS,
      staticSummary: `Reads the live state of ${plan.service}; changes nothing`,
    });
    const watchdog = new AbortController();
    const result = within(link, OBSERVE_TIMEOUT_MS, () => handle.result() as Promise<Observed>);
    try {
      return await Promise.race([result, untilNobodyTakesIt(link, handle, watchdog.signal)]);
    } finally {
      watchdog.abort();
      result.catch(() => {});
    }
  } catch (error) {
    if (error instanceof WorkflowFailedError)
      throw new ClientError('Failed', `the live state cannot be read: ${innermost(error)}`, { cause: error });
    throw error instanceof ClientError ? error : explain(error, link.address);
  }
}

/** Rejects when no worker has begun by then; otherwise never settles. */
function untilNobodyTakesIt(link: Link, handle: WorkflowHandle, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(async () => {
      // Two events: started, and a first task that nobody took.
      const taken = await handle
        .describe()
        .then((run) => run.historyLength > 2)
        .catch(() => true);
      if (taken) return;
      await handle.terminate('no worker took it').catch(() => {});
      reject(noWorker(link));
    }, WORKER_TIMEOUT_MS);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}

function innermost(error: Error): string {
  let inner: Error = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner.message;
}
