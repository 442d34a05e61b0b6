/**
 * A group cannot be smaller than its minimum: for nothing of it to run, that is set to 0, and what it was is kept as a tag of
 * the group until it runs again.
 */
import { AutoScalingClient, CreateOrUpdateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-auto-scaling';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import type { Group } from './group.ts';

const TAG = 'cutover:min-size';

/** The minimum of a group that runs: its own, or what it was before the group was emptied. */
export function minSizeOf(group: Group): number {
  if (group.MinSize > 0) return group.MinSize;
  const kept = Number(group.Tags?.find(({ Key }) => Key === TAG)?.Value ?? 0);
  return Number.isInteger(kept) && kept > 0 ? Math.min(kept, group.MaxSize) : 0;
}

/** Before the minimum is set to 0. */
export async function keepMinSize(call: Call, access: AwsAccess, group: Group): Promise<void> {
  if (group.MinSize === 0) return;
  const client = clientOf(AutoScalingClient, access);
  const Tags = [{ ...tagOf(group), Value: String(group.MinSize), PropagateAtLaunch: false }];
  await ask(call, { action: 'autoscaling:CreateOrUpdateTags', resource: group.AutoScalingGroupARN }, (abortSignal) =>
    client.send(new CreateOrUpdateTagsCommand({ Tags }), { abortSignal }),
  );
}

/** After it is put back. */
export async function forgetMinSize(call: Call, access: AwsAccess, group: Group): Promise<void> {
  if (!group.Tags?.some(({ Key }) => Key === TAG)) return;
  const client = clientOf(AutoScalingClient, access);
  await ask(call, { action: 'autoscaling:DeleteTags', resource: group.AutoScalingGroupARN }, (abortSignal) =>
    client.send(new DeleteTagsCommand({ Tags: [tagOf(group)] }), { abortSignal }),
  );
}

const tagOf = ({ AutoScalingGroupName }: Group) => ({ ResourceId: AutoScalingGroupName, ResourceType: 'auto-scaling-group', Key: TAG });
