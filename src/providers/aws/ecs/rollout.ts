/** What DescribeServices says of a rolling update. */
import type { Deployment } from '@aws-sdk/client-ecs';
import type { EcsService } from './service.ts';
import type { Revision } from './taskDefinition.ts';

export type Rollout =
  | { state: 'steady' | 'under-way' }
  /** The deployment circuit breaker or an alarm has given it up. */
  | { state: 'failed'; reason: string }
  /** The service is meant to run something else: somebody changed it, or the answer is an old one. */
  | { state: 'replaced' };

/** In the reasons and events of a service that goes back by itself. */
const WENT_BACK = /circuit breaker: |rolling back to|deployment failed/i;

/** Running tasks of what the service is meant to run now: all but those of deployments that are on their way out. */
export function runningCount({ runningCount = 0, deployments = [] }: EcsService): number {
  return Math.max(0, runningCount - tasksOf(deployments.filter(({ status }) => status !== 'PRIMARY')));
}

/** Whether the service runs `revision`, and nothing else, with at least `wanted` tasks. */
export function rolloutOf(service: EcsService, { definition }: Revision, wanted: number): Rollout {
  const { deployments = [] } = service;
  const arn = definition.taskDefinitionArn;
  const failed = deployments.find((one) => one.taskDefinition === arn && one.rolloutState === 'FAILED');
  if (failed) return { state: 'failed', reason: failed.rolloutStateReason ?? 'ECS says that its deployment has failed' };
  if (service.taskDefinition !== arn) return { state: 'replaced' };
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const since = definition.registeredAt;
  const wentBack = primary?.taskDefinition === arn ? undefined : reasonToGoBack(service, primary, since);
  if (wentBack !== undefined) return { state: 'failed', reason: wentBack };
  const enough = service.desiredCount >= wanted && runningCount(service) >= Math.max(wanted, service.desiredCount);
  const alone = tasksOf(deployments.filter((one) => one !== primary)) === 0;
  return { state: enough && alone && isComplete(primary, arn, since) ? 'steady' : 'under-way' };
}

/**
 * A deployment is complete when ECS says so: its tasks run, and pass the checks of the load balancer. Where ECS does not say
 * (a Classic Load Balancer), and where DescribeServices lists no deployment for a change it has taken (emulators), counts have to do.
 */
function isComplete(primary: Deployment | undefined, arn: string, since: Date | undefined): boolean {
  if (primary === undefined) return true;
  if (primary.taskDefinition === arn) return primary.rolloutState === undefined || primary.rolloutState === 'COMPLETED';
  return since === undefined || (primary.createdAt !== undefined && primary.createdAt < since);
}

function reasonToGoBack({ events = [] }: EcsService, primary: Deployment | undefined, since = new Date(0)): string | undefined {
  const reason = primary?.rolloutStateReason;
  if (reason !== undefined && WENT_BACK.test(reason)) return reason;
  return events.find(({ createdAt, message }) => createdAt !== undefined && createdAt >= since && WENT_BACK.test(message ?? ''))?.message;
}

const tasksOf = (deployments: Deployment[]): number => deployments.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
