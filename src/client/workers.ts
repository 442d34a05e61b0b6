import { type Link, within } from './connection.ts';

const DESCRIBE_TIMEOUT_MS = 2_000;
/** temporal.api.enums.v1.TaskQueueType: of workflow tasks. */
const WORKFLOW_TASKS = 1;
/** More than clocks differ; a worker that has work asks for more many times in it. */
const RECENTLY_MS = 5_000;

/**
 * Whether a worker has just asked the server for work. To be asked when something waits to be taken: an idle worker would have
 * taken it, so one that asks is busy with others. False where nobody can say.
 */
export async function isAnyWorkerBusy(link: Link): Promise<boolean> {
  const { namespace, taskQueue: name } = link;
  try {
    const { pollers } = await within(link, DESCRIBE_TIMEOUT_MS, () =>
      link.connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: WORKFLOW_TASKS }),
    );
    return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - RECENTLY_MS);
  } catch {
    return false;
  }
}
