/** What Application Auto Scaling holds a service to, where it scales it at all. */
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { nameIn } from './options.ts';
import type { EcsService } from './service.ts';

export interface Bounds {
  min: number;
  max: number;
}

/** Null where the service is not scaled automatically. Throws PermissionDenied where the worker may not know. */
export async function readBounds(call: Call, access: AwsAccess, service: EcsService): Promise<Bounds | null> {
  const client = clientOf(ApplicationAutoScalingClient, access);
  const id = `service/${nameIn(service.clusterArn)}/${service.serviceName}`;
  const { ScalableTargets = [] } = await ask(
    call,
    { action: 'application-autoscaling:DescribeScalableTargets', resource: id },
    (abortSignal) =>
      client.send(
        new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [id], ScalableDimension: 'ecs:service:DesiredCount' }),
        { abortSignal },
      ),
  );
  const [target] = ScalableTargets;
  return target ? { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? Number.POSITIVE_INFINITY } : null;
}

export interface Wanted {
  /** The desired count to ask for: less than the minimum would be undone. */
  count: number;
  /** How many tasks have to run: more than the maximum would be taken away. */
  least: number;
  detail: string | null;
}

/** What `capacity` comes to with a service's bounds. A worker that may not read them takes the service for one without. */
export async function wantedCount(call: Call, access: AwsAccess, service: EcsService, capacity: number): Promise<Wanted> {
  const bounds = await readBounds(call, access, service).catch((error: unknown) => {
    if (error instanceof Failure && error.type === 'PermissionDenied') return null;
    throw error;
  });
  const { min, max } = bounds ?? { min: 0, max: Number.POSITIVE_INFINITY };
  const count = Math.max(capacity, min);
  if (count > max) return { count, least: max, detail: `asked for ${count} tasks, but Application Auto Scaling allows at most ${max}` };
  return { count, least: count, detail: count > capacity ? `${count} tasks: the minimum of Application Auto Scaling` : null };
}
