import { type Link, within } from './connection.ts';
import { grpcTrouble } from './errors.ts';

const DESCRIBE_TIMEOUT_MS = 5_000;
/** temporal.api.enums.v1.TaskQueueType: of workflow tasks. */
const WORKFLOW_TASKS = 1;
/** How far the server's clock may be behind this one. */
const SKEW_MS = 2_000;

/**
 * Whether a worker has asked the server for work since then (epoch ms). To be asked where something has waited since then to be
 * taken: a worker that asks and does not take it is busy with others; one that does not ask is gone. A server that is too busy to say
 * speaks for it, too. False where nobody can say.
 */
export async function isAnyWorkerBusy(link: Link, since: number): Promise<boolean> {
  const { namespace, taskQueue: name } = link;
  try {
    const { pollers } = await within(link, DESCRIBE_TIMEOUT_MS, () =>
      link.connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: WORKFLOW_TASKS }),
    );
    return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > since - SKEW_MS);
  } catch (error) {
    return grpcTrouble(error)?.kind === 'timeout';
  }
}
