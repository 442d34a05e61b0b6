import { randomUUID } from 'node:crypto';
import { type UpdateDefinition, WorkflowNotFoundError } from '@temporalio/common';
import {
  type Decided,
  type Decision,
  type DecisionName,
  type ExtendDecision,
  forgetUpdate,
  type ResolveDecision,
  type RollbackDecision,
  workflowId,
} from '../contract.ts';
import { type Link, noWorker } from './connection.ts';
import { ClientError, explain } from './errors.ts';
import { noRecord } from './noRecord.ts';
import { NotTaken, sendUpdate } from './update.ts';

/** What each decision carries. */
export interface Decisions extends Record<DecisionName, Decision> {
  extend: ExtendDecision;
  rollback: RollbackDecision;
  resolve: ResolveDecision;
}

/**
 * Sends a decision, as an update: it is answered. Where no worker takes it in time, its signal twin is stored in the
 * server (with the same id, so that it counts once) and the call throws ClientError NoWorker, which says so.
 * Throws ClientError Refused, Invalid, NotDeployed, NoWorker or NoServer.
 */
export async function decide<Name extends DecisionName>(
  link: Link,
  service: string,
  name: Name,
  decision: Decisions[Name],
): Promise<Decided> {
  const payload = { ...decision, id: decision.id ?? randomUUID() };
  try {
    return await update(link, service, name, payload);
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    await store(link, service, name, payload);
    const fate = `no worker took the ${name} within 10 s; it is stored and will be carried out as soon as a worker runs`;
    throw new ClientError('NoWorker', `${fate} (\`cutover worker\` or \`cutover dev\` on task queue ${link.taskQueue})`, { cause: error });
  }
}

/** Ends the record of a service. Throws as `decide` does; never stored. */
export async function forget(link: Link, service: string, decision: Decision): Promise<Decided> {
  try {
    return await update(link, service, forgetUpdate.name, { ...decision, id: decision.id ?? randomUUID() });
  } catch (error) {
    throw error instanceof NotTaken ? noWorker(link) : error;
  }
}

async function update(link: Link, service: string, name: string, payload: Decision & { id: string }): Promise<Decided> {
  const definition = { type: 'update', name } as UpdateDefinition<Decided, [Decision]>;
  const handle = link.workflows.getHandle(workflowId(service));
  try {
    return await sendUpdate(link, () => handle.executeUpdate(definition, { args: [payload], updateId: payload.id }), service);
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? await noRecord(link, service, error) : error;
  }
}

async function store(link: Link, service: string, name: string, payload: Decision): Promise<void> {
  try {
    await link.connection.withDeadline(Date.now() + 5_000, () => link.workflows.getHandle(workflowId(service)).signal(name, payload));
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? await noRecord(link, service, error) : explain(error, link.address);
  }
}
