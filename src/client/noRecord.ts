import { WorkflowNotFoundError } from '@temporalio/common';
import { workflowId } from '../contract.ts';
import { type Link, within } from './connection.ts';
import { ClientError } from './errors.ts';

const DESCRIBE_TIMEOUT_MS = 3_000;

/**
 * Why a service has no open record: it was never deployed, or its last run was closed, by `cutover forget` or past it
 * (terminated, failed). Where that cannot be read, what is certain.
 */
export async function noRecord(link: Link, service: string, cause?: unknown): Promise<ClientError> {
  const fate = await lastFate(link, service).catch(() => 'has no open record');
  return new ClientError('NotDeployed', `${service} ${fate}`, { cause });
}

async function lastFate(link: Link, service: string): Promise<string> {
  try {
    const { status, closeTime } = await within(link, DESCRIBE_TIMEOUT_MS, () => link.workflows.getHandle(workflowId(service)).describe());
    if (status.name === 'COMPLETED') return 'has no record any more: it was ended with `cutover forget`';
    const when = closeTime ? ` at ${closeTime.toISOString()}` : '';
    const goesOn = 'nobody watches or cleans up; the next `cutover deploy` finds what users are on, and goes on from there';
    return `has no open record: its run was ${status.name.toLowerCase()} in Temporal${when}. What ran was left as it was, ${goesOn}`;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'was never deployed';
    throw error;
  }
}
