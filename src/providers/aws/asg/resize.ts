/** The size of a group: none at all, and back. */
import { formatDuration } from '../../../core/duration.ts';
import { Failure, type FailureType } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll } from '../../poll.ts';
import type { Call } from '../../types.ts';
import { findGroups, type Group, updateGroup } from './group.ts';
import { statesOf } from './instances.ts';
import { keepMinSize, minSizeOf } from './minSize.ts';
import type { AsgOptions } from './options.ts';

/** What `capacity` comes to with a group's own bounds. Throws InvalidConfiguration where it is more than the group may have. */
export function wantedSize(group: Group, capacity: number): { min: number; desired: number } {
  const min = minSizeOf(group);
  const desired = Math.max(capacity, min);
  if (desired <= group.MaxSize) return { min, desired };
  throw new Failure(
    'InvalidConfiguration',
    `the Auto Scaling group ${group.AutoScalingGroupARN} may have ${group.MaxSize} at most, and ${desired} are asked for; raise its MaxSize to ${desired} or more`,
  );
}

/** Nothing of the group runs when it resolves: with the group as it is then, or null where it was deleted. Throws `failure` at `deadline`. */
export async function empty(
  call: Call,
  options: AsgOptions,
  { color, group, deadline, failure }: { color: Color; group: Group; deadline: number; failure: FailureType },
): Promise<Group | null> {
  const began = Date.now();
  if (group.DesiredCapacity > 0 || group.MinSize > 0) {
    await keepMinSize(call, options, group);
    await updateGroup(call, options, group, { min: 0, desired: 0 });
  }
  let last = group;
  const done = async () => {
    const now = (await findGroups(call, options))[color];
    if (now === null) return { group: null };
    last = now;
    return (now.Instances ?? []).length === 0 ? { group: now } : null;
  };
  const found = await poll(call, deadline, done);
  if (found) return found.group;
  throw new Failure(
    failure,
    `${group.AutoScalingGroupARN} still has instances ${formatDuration(Date.now() - began)} after autoscaling:UpdateAutoScalingGroup asked for none ` +
      `(${statesOf(last.Instances ?? [])}); look at what keeps them: scale-in protection, lifecycle hooks, the deregistration delay of the target group`,
  );
}
