import { QueryRejectedError } from '@temporalio/client/lib/workflow-client.js';
import { type QueryDefinition, WorkflowNotFoundError } from '@temporalio/common';
import {
  historyQuery,
  type PastDeployment,
  type Plan,
  planQuery,
  type StatusDocument,
  statusQuery,
  WORKFLOW_TYPE,
  workflowId,
} from '../contract.ts';
import { busyWorkers, connectionLost, type Link, noWorker, serverAnswers, within } from './connection.ts';
import { type ClientError, explain, grpcTrouble } from './errors.ts';
import { sleep } from './sleep.ts';
import { isAnyWorkerBusy } from './workers.ts';

const QUERY_TIMEOUT_MS = 8_000;

/**
 * The service's status document, or that of one of its deployments; null where there is no record, or no deployment (of that id).
 * Throws ClientError NoWorker or NoServer.
 */
export function status(link: Link, service: string, deploymentId?: string, timeoutMs = QUERY_TIMEOUT_MS): Promise<StatusDocument | null> {
  return ask(link, service, statusQuery, deploymentId === undefined ? [] : [{ deploymentId }], timeoutMs);
}

/** The plan of the current deployment. */
export const currentPlan = (link: Link, service: string): Promise<Plan | null> => ask(link, service, planQuery, [], QUERY_TIMEOUT_MS);

/** Past deployments, oldest first; null where there is no record. */
export const history = (link: Link, service: string): Promise<PastDeployment[] | null> =>
  ask(link, service, historyQuery, [], QUERY_TIMEOUT_MS);

/** The names of all services that have a record, sorted. */
export async function services(link: Link): Promise<string[]> {
  const names: string[] = [];
  const query = `WorkflowType = '${WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
  try {
    await within(link, QUERY_TIMEOUT_MS, async () => {
      for await (const run of link.workflows.list({ query })) names.push(run.workflowId.slice(workflowId('').length));
    });
  } catch (error) {
    throw explain(error, link.address);
  }
  return names.sort();
}

/** The first question may have reached a run that was just closing, which never answers; each after it may take twice as long. */
const FIRST_ATTEMPT_MS = 2_500;
const AGAIN_MS = 100;
/** temporal.api.enums.v1.WorkflowExecutionStatus, whose package is large. */
const CONTINUED_AS_NEW = 6;

/** Asks again, for as long as there is time, where a run that is being handed over could not answer. */
async function ask<Result, Args extends unknown[]>(
  link: Link,
  service: string,
  query: QueryDefinition<Result, Args>,
  args: Args,
  timeoutMs: number,
): Promise<Result | null> {
  const handle = link.workflows.getHandle(workflowId(service));
  const asked = Date.now();
  const deadline = asked + timeoutMs;
  for (let patience = FIRST_ATTEMPT_MS; ; patience *= 2) {
    try {
      return await within(link, Math.min(patience, deadline - Date.now()), () => handle.query(query, ...args));
    } catch (error) {
      if (isWithoutRecord(error)) return null;
      const why = isBetweenRuns(error) ? 'not-ready' : grpcTrouble(error)?.kind;
      if (why !== 'not-ready' && why !== 'busy' && why !== 'timeout') throw explain(error, link.address);
      if (Date.now() + AGAIN_MS >= deadline) throw await unanswered(link, { service, asked, error });
      await sleep(AGAIN_MS);
    }
  }
}

async function unanswered(link: Link, { service, asked, error }: { service: string; asked: number; error: unknown }): Promise<ClientError> {
  if (!(await serverAnswers(link))) return connectionLost(link, error);
  return (await isAnyWorkerBusy(link, asked, service)) ? busyWorkers(link) : noWorker(link);
}

const isBetweenRuns = (error: unknown): boolean => error instanceof QueryRejectedError && error.status === CONTINUED_AS_NEW;

const isWithoutRecord = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || (error instanceof QueryRejectedError && !isBetweenRuns(error));
