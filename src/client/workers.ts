import { workflowId } from '../contract.ts';
import { type Link, within } from './connection.ts';
import { grpcTrouble } from './errors.ts';

const DESCRIBE_TIMEOUT_MS = 5_000;
/** temporal.api.enums.v1.TaskQueueType: of workflow tasks. */
const WORKFLOW_TASKS = 1;
/** How far the server's clock may be behind this one. */
const SKEW_MS = 2_000;

interface Timestamp {
  seconds?: unknown;
}

const isSince = (time: Timestamp | null | undefined, since: number): boolean => Number(time?.seconds ?? 0) * 1_000 > since - SKEW_MS;

/**
 * Whether a worker has been at work since then (epoch ms): has asked the server for tasks, or worked on one of that service. To be
 * asked where something has waited since then to be taken: a worker that lives and does not take it is busy with others. A server
 * that is too busy to say speaks for it, too. False where nobody can say.
 */
export async function isAnyWorkerBusy(link: Link, since: number, service?: string): Promise<boolean> {
  const signs = [hasPolled(link, since), ...(service === undefined ? [] : [hasWorked(link, since, service)])];
  const seen = await Promise.all(signs.map((sign) => sign.catch((error) => grpcTrouble(error)?.kind === 'timeout')));
  return seen.includes(true);
}

async function hasPolled(link: Link, since: number): Promise<boolean> {
  const { namespace, taskQueue: name } = link;
  const { pollers } = await within(link, DESCRIBE_TIMEOUT_MS, () =>
    link.connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: WORKFLOW_TASKS }),
  );
  return pollers.some(({ lastAccessTime }) => isSince(lastAccessTime, since));
}

/** A worker that asks nobody, since tasks are brought to it, still says that it is at work on the step under way. */
async function hasWorked(link: Link, since: number, service: string): Promise<boolean> {
  const { raw } = await within(link, DESCRIBE_TIMEOUT_MS, () => link.workflows.getHandle(workflowId(service)).describe());
  return raw.pendingActivities?.some((one) => isSince(one.lastHeartbeatTime, since) || isSince(one.lastStartedTime, since)) ?? false;
}
