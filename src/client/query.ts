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
import { connectionLost, type Link, noWorker, serverAnswers, within } from './connection.ts';
import { explain, grpcTrouble } from './errors.ts';
import { sleep } from './sleep.ts';

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

async function ask<Result, Args extends unknown[]>(
  link: Link,
  service: string,
  query: QueryDefinition<Result, Args>,
  args: Args,
  timeoutMs: number,
): Promise<Result | null> {
  const handle = link.workflows.getHandle(workflowId(service));
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await within(link, deadline - Date.now(), () => handle.query(query, ...args));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return null;
      const trouble = grpcTrouble(error);
      // A run that is being handed over cannot be asked for a moment.
      if (trouble?.kind === 'not-ready' && Date.now() + 200 < deadline) {
        await sleep(200);
        continue;
      }
      if (trouble?.kind === 'timeout' || trouble?.kind === 'not-ready') {
        throw (await serverAnswers(link)) ? noWorker(link) : connectionLost(link, error);
      }
      throw explain(error, link.address);
    }
  }
}
