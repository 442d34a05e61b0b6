/** The ECS service of a color: reading it, and the two things of it that cutover changes. */
import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { EcsOptions } from './options.ts';

/** What is asked for only once something of the service is known: the rest of a Service may be absent. */
export interface EcsService extends Service {
  serviceArn: string;
  serviceName: string;
  clusterArn: string;
  taskDefinition: string;
  desiredCount: number;
}

/** The service of a color, or null where there is none (any more). */
export async function findService(call: Call, options: EcsOptions, color: Color): Promise<EcsService | null> {
  const client = clientOf(ECSClient, options);
  const { services = [], failures = [] } = await ask(
    call,
    { action: 'ecs:DescribeServices', resource: nameOf(options, color) },
    (abortSignal) =>
      client.send(new DescribeServicesCommand({ cluster: options.cluster, services: [options.services[color]] }), { abortSignal }),
  );
  const [found] = services;
  if (found && found.status !== 'INACTIVE') return found as EcsService;
  const [failure] = failures;
  if (failure?.reason && failure.reason !== 'MISSING')
    throw new Failure('Unavailable', `ecs:DescribeServices on ${nameOf(options, color)} failed (${failure.reason}); it is read again`);
  return null;
}

/** Throws NotFound where there is none. */
export async function readService(call: Call, options: EcsOptions, color: Color): Promise<EcsService> {
  const found = await findService(call, options, color);
  if (found) return found;
  throw new Failure(
    'NotFound',
    `ecs:DescribeServices found no ${nameOf(options, color)}; create it, or correct environment.services.${color}, the cluster or the region`,
  );
}

/** One that cutover can deploy to. Throws InvalidConfiguration where it cannot. */
export async function readUsableService(call: Call, options: EcsOptions, color: Color): Promise<EcsService> {
  const service = await readService(call, options, color);
  const unfit = unfitService(service);
  if (unfit) throw new Failure('InvalidConfiguration', `${unfit.message}; ${unfit.cure}`);
  return service;
}

export async function updateService(
  call: Call,
  options: EcsOptions,
  service: EcsService,
  change: { taskDefinition?: string; desiredCount: number },
): Promise<void> {
  const client = clientOf(ECSClient, options);
  await ask(call, { action: 'ecs:UpdateService', resource: service.serviceArn }, (abortSignal) =>
    client.send(new UpdateServiceCommand({ cluster: service.clusterArn, service: service.serviceArn, ...change }), { abortSignal }),
  );
}

/** Why cutover cannot deploy to a service, and what to do; null where it can. */
export function unfitService(service: EcsService): { message: string; cure: string } | null {
  const of = `the service ${service.serviceArn}`;
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS')
    return {
      message: `${of} is deployed by ${controller}, not by ECS's rolling update`,
      cure: 'create it anew with the deployment controller ECS',
    };
  const strategy = service.deploymentConfiguration?.strategy ?? 'ROLLING';
  if (strategy !== 'ROLLING')
    return {
      message: `${of} has the deployment strategy ${strategy}: ECS would shift users by itself`,
      cure: 'set its deployment strategy to ROLLING',
    };
  if (service.schedulingStrategy === 'DAEMON')
    return { message: `${of} is a daemon, which has no desired count`, cure: 'create it anew with the scheduling strategy REPLICA' };
  if (service.status !== undefined && service.status !== 'ACTIVE')
    return { message: `${of} is ${service.status}`, cure: 'wait until it is deleted and create it anew' };
  return null;
}

const nameOf = ({ cluster, services }: EcsOptions, color: Color): string => `service ${services[color]} in cluster ${cluster}`;
