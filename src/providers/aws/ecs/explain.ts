/** Why a service does not come up, in ECS's own words: its newest events, and how its tasks ended. */
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { Failure } from '../../../core/failure.ts';
import { indented } from '../../processes/outputLines.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import type { EcsService } from './service.ts';

const EVENTS = 5;
const TASKS = 10;
const REASONS = 3;

export const newestEvent = ({ events = [] }: EcsService): string | null => events[0]?.message ?? null;

/** The end of an error message. What cannot be found out is said instead: it must not hide the error itself. */
export async function explain(call: Call, access: AwsAccess, service: EcsService, taskDefinition: string): Promise<string> {
  const events = (service.events ?? []).slice(0, EVENTS).flatMap(({ message }) => message ?? []);
  const tasks = await stoppedTasks(call, access, service, taskDefinition).catch((error: unknown) => {
    if (error instanceof Failure) return [`not known: ${error.message}`];
    throw error;
  });
  return [
    events.length > 0 ? `The newest events of the service:\n${indented(events)}` : 'The service has no events.',
    tasks.length > 0 ? `Its stopped tasks:\n${indented(tasks)}` : 'ECS knows no stopped tasks of it.',
  ].join('\n');
}

async function stoppedTasks(call: Call, access: AwsAccess, service: EcsService, taskDefinition: string): Promise<string[]> {
  const arns = await listStopped(call, access, service);
  if (arns.length === 0) return [];
  const client = clientOf(ECSClient, access);
  const { tasks = [] } = await ask(call, { action: 'ecs:DescribeTasks', resource: `tasks of ${service.serviceArn}` }, (abortSignal) =>
    client.send(new DescribeTasksCommand({ cluster: service.clusterArn, tasks: arns }), { abortSignal }),
  );
  const reasons = tasks.filter((task) => task.taskDefinitionArn === taskDefinition).map(howItEnded);
  return [...new Set(reasons)].slice(0, REASONS);
}

/** Throws PermissionDenied where the worker may not look. */
export async function listStopped(call: Call, access: AwsAccess, service: EcsService): Promise<string[]> {
  const client = clientOf(ECSClient, access);
  const asked = { cluster: service.clusterArn, serviceName: service.serviceName, desiredStatus: 'STOPPED', maxResults: TASKS } as const;
  const { taskArns = [] } = await ask(call, { action: 'ecs:ListTasks', resource: service.serviceArn }, (abortSignal) =>
    client.send(new ListTasksCommand(asked), { abortSignal }),
  );
  return taskArns;
}

function howItEnded({ stoppedReason, containers = [] }: Task): string {
  const ends = containers
    .filter(({ exitCode, reason }) => exitCode !== undefined || reason !== undefined)
    .map(
      ({ name, exitCode, reason }) => `${name}: ${[exitCode === undefined ? [] : `exit code ${exitCode}`, reason ?? []].flat().join(', ')}`,
    );
  return [stoppedReason ?? 'no reason given', ...ends].join('; ');
}
