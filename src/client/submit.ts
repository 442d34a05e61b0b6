import { WithStartWorkflowOperation } from '@temporalio/client/lib/workflow-client.js';
import { type DeployRequest, type Submitted, submitUpdate, WORKFLOW_TYPE, workflowId } from '../contract.ts';
import { type Link, noWorker } from './connection.ts';
import { ClientError } from './errors.ts';
import { NotTaken, sendUpdate } from './update.ts';

/** What the workflow of a service that has no record yet starts with. */
const startInput = (service: string) => ({ service });

/**
 * Asks for a deployment; starts the service's workflow where there is none. The request's id makes a repetition harmless.
 * Throws ClientError Refused, Invalid, NoWorker or NoServer.
 */
export async function submit(link: Link, request: DeployRequest): Promise<Submitted> {
  const { service } = request.plan;
  try {
    const submitted = await sendUpdate(link, () =>
      link.workflows.executeUpdateWithStart(submitUpdate, {
        args: [request],
        updateId: request.requestId,
        startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPE, {
          workflowId: workflowId(service),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: link.taskQueue,
          args: [startInput(service)],
          staticSummary: `Blue-green deployments of ${service}`,
          staticDetails: `Every deployment of **${service}** is a run of this workflow. It stays open until \`cutover forget ${service}\`.`,
        }),
      }),
    );
    return sameVersion(request, submitted);
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    const known = `it may still begin when a worker runs: the same request is repeated with --request-id ${request.requestId}`;
    throw new ClientError('NoWorker', `${noWorker(link).message}; ${known}`, { cause: error });
  }
}

/** Temporal itself answers a repeated request id with what the first one got: whoever asks for something else has to know. */
function sameVersion({ requestId, plan: { service, version } }: DeployRequest, submitted: Submitted): Submitted {
  if (submitted.version === version) return submitted;
  const message = `request id ${requestId} has asked for ${service} ${submitted.version} before: ${version} needs a request id of its own`;
  throw new ClientError('Refused', message);
}
