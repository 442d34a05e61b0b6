/** The Auto Scaling group of a color: reading it, and the things of it that cutover changes. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type LaunchTemplateSpecification,
  type MixedInstancesPolicy,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { Failure } from '../../../core/failure.ts';
import { type Color, otherColor } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import type { AsgOptions } from './options.ts';

/** What AWS says of every group. */
export interface Group extends AutoScalingGroup {
  AutoScalingGroupName: string;
  AutoScalingGroupARN: string;
  MinSize: number;
  MaxSize: number;
  DesiredCapacity: number;
}

export type Groups = Record<Color, Group | null>;

/** Both groups in one request: what one may do depends on the other. */
export async function findGroups(call: Call, options: AsgOptions): Promise<Groups> {
  const client = clientOf(AutoScalingClient, options);
  const { blue, green } = options.groups;
  const { AutoScalingGroups = [] } = await ask(
    call,
    { action: 'autoscaling:DescribeAutoScalingGroups', resource: `${blue} and ${green}` },
    (abortSignal) => client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [blue, green] }), { abortSignal }),
  );
  const named = (name: string) => (AutoScalingGroups.find((group) => group.AutoScalingGroupName === name) as Group | undefined) ?? null;
  return { blue: named(blue), green: named(green) };
}

/** Throws NotFound where there is none. */
export function theGroup(groups: Groups, options: AsgOptions, color: Color): Group {
  const found = groups[color];
  if (found) return found;
  const name = options.groups[color];
  throw new Failure(
    'NotFound',
    `autoscaling:DescribeAutoScalingGroups found no group ${name}; create it, or correct environment.groups.${color} or the region`,
  );
}

export const readGroup = async (call: Call, options: AsgOptions, color: Color): Promise<Group> =>
  theGroup(await findGroups(call, options), options, color);

/** The launch template that a group uses, and the version of it as the group has it: a number, $Latest or $Default. */
export interface UsedTemplate {
  id: string;
  version: string;
}

/** Null for a group with a launch configuration. */
export function usedTemplate({ LaunchTemplate, MixedInstancesPolicy }: AutoScalingGroup): UsedTemplate | null {
  const { LaunchTemplateId, Version } = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
  return LaunchTemplateId === undefined ? null : { id: LaunchTemplateId, version: Version ?? '$Default' };
}

/** The group's own launch template, or its policy with all that is in it, at a version. */
export function templateAt(
  { LaunchTemplate, MixedInstancesPolicy: policy }: Group,
  { id, version }: UsedTemplate,
): { LaunchTemplate?: LaunchTemplateSpecification; MixedInstancesPolicy?: MixedInstancesPolicy } {
  const specification = { LaunchTemplateId: id, Version: version };
  if (LaunchTemplate || !policy) return { LaunchTemplate: specification };
  return { MixedInstancesPolicy: { ...policy, LaunchTemplate: { ...policy.LaunchTemplate, LaunchTemplateSpecification: specification } } };
}

export async function updateGroup(
  call: Call,
  access: AwsAccess,
  group: Group,
  change: { template?: UsedTemplate; min?: number; desired: number },
): Promise<void> {
  const client = clientOf(AutoScalingClient, access);
  const used = usedTemplate(group);
  // A policy is given in any case: some emulators drop one that is not.
  const template = change.template ?? (group.MixedInstancesPolicy && used ? used : undefined);
  const input = {
    AutoScalingGroupName: group.AutoScalingGroupName,
    ...(template && templateAt(group, template)),
    ...(change.min !== undefined && change.min !== group.MinSize && { MinSize: change.min }),
    DesiredCapacity: change.desired,
  };
  await ask(call, { action: 'autoscaling:UpdateAutoScalingGroup', resource: group.AutoScalingGroupARN }, (abortSignal) =>
    client.send(new UpdateAutoScalingGroupCommand(input), { abortSignal }),
  );
}

interface Problem {
  message: string;
  cure: string;
}

/** Why cutover cannot deploy to a group, and what to do; null where it can. */
export function unfitGroup(groups: Groups, color: Color): Problem | null {
  const group = groups[color];
  if (group === null) return null;
  const of = `the Auto Scaling group ${group.AutoScalingGroupARN}`;
  const used = usedTemplate(group);
  if (group.Status) return { message: `${of} is being deleted (${group.Status})`, cure: 'wait for that and create it anew' };
  if (used === null)
    return {
      message: `${of} uses no launch template (a launch configuration?)`,
      cure: 'give it a launch template: versions of that are what is deployed',
    };
  const overrides = group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  if (overrides.some(({ LaunchTemplateSpecification }) => LaunchTemplateSpecification))
    return {
      message: `${of} has instance types with launch templates of their own, which a new AMI would not reach`,
      cure: 'take LaunchTemplateSpecification out of the overrides of its mixed instances policy',
    };
  const other = groups[otherColor(color)];
  const shared = other === null ? null : usedTemplate(other);
  if (other !== null && shared?.id === used.id && shared.version === '$Latest')
    return {
      message: `${other.AutoScalingGroupARN} launches $Latest of ${used.id}, which ${group.AutoScalingGroupName} uses, too: it would launch what is deployed to ${color}`,
      cure: `give ${other.AutoScalingGroupName} a version of ${used.id} by its number, or a launch template of its own`,
    };
  return null;
}
