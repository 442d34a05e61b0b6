/** What the instances of a group run, and how many of them are fit for users. */
import type { Instance } from '@aws-sdk/client-auto-scaling';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import type { Group } from './group.ts';

/** Instances to their AMIs. The group knows which version of the template an instance was launched from; EC2 knows what it runs. */
export async function readImages(call: Call, access: AwsAccess, group: Group): Promise<Map<string, string>> {
  const images = new Map<string, string>();
  if (!group.Instances?.length) return images;
  const client = clientOf(EC2Client, access);
  const Filters = [{ Name: 'tag:aws:autoscaling:groupName', Values: [group.AutoScalingGroupName] }];
  await ask(call, { action: 'ec2:DescribeInstances', resource: `the instances of ${group.AutoScalingGroupARN}` }, async (abortSignal) => {
    for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters }, { abortSignal }))
      for (const { InstanceId, ImageId } of Reservations.flatMap(({ Instances = [] }) => Instances))
        if (InstanceId !== undefined && ImageId !== undefined) images.set(InstanceId, ImageId);
  });
  return images;
}

export const isFit = ({ LifecycleState, HealthStatus }: Instance): boolean =>
  LifecycleState === 'InService' && HealthStatus?.toLowerCase() === 'healthy';

/** In the group's own unit: an instance of a type with a weight is as many. */
export const capacityOf = (instances: Instance[]): number =>
  instances.reduce((sum, { WeightedCapacity }) => sum + Number(WeightedCapacity ?? 1), 0);

/** How many are in which state, for a person: `2 Pending, 1 InService but Unhealthy`. */
export function statesOf(instances: Instance[]): string {
  if (instances.length === 0) return 'no instances yet';
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const { LifecycleState = 'unknown', HealthStatus } = instance;
    const state = LifecycleState === 'InService' && !isFit(instance) ? `InService but ${HealthStatus}` : LifecycleState;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
