/** What is wrong with the two groups, found by reading. */
import { type Color, otherColor } from '../../../core/plan.ts';
import { attempt } from '../../attempt.ts';
import type { Call, Finding, InspectionDepth, Targets } from '../../types.ts';
import { readActivities } from './explain.ts';
import { findGroups, type Group, type Groups, theGroup, unfitGroup, usedTemplate } from './group.ts';
import { parameterIn, resolveImage } from './image.ts';
import type { AsgOptions } from './options.ts';
import { stateOf } from './state.ts';

interface Around {
  template: string;
  targets: Targets | null;
  depth: InspectionDepth;
}

export async function inspectAsg(call: Call, options: AsgOptions, around: Around): Promise<Finding[]> {
  const findings: Finding[] = [];
  const groups = await attempt(findings, findGroups(call, options));
  if (groups === null) return findings;
  for (const color of ['blue', 'green'] as const) findings.push(...(await inspectGroup(call, options, { ...around, color, groups })));
  // The version that is to be deployed, where the plan names one.
  if (parameterIn(options.imageId) !== null && !options.imageId.includes('{'))
    await attempt(findings, resolveImage(call, options, options.imageId));
  return findings;
}

interface Inspected extends Around {
  color: Color;
  groups: Groups;
}

async function inspectGroup(call: Call, options: AsgOptions, { color, groups, template, targets, depth }: Inspected): Promise<Finding[]> {
  const findings: Finding[] = [];
  const group = await attempt(
    findings,
    Promise.resolve().then(() => theGroup(groups, options, color)),
  );
  if (group === null) return findings;
  const unfit = unfitGroup(groups, color);
  if (unfit) findings.push(error(unfit.message, unfit.cure));
  findings.push(...ofTargetGroups(group, color, targets), ...ofSize(group, groups[otherColor(color)]), ...ofSettings(group));
  if (depth === 'errors') return findings;
  const doubts: Finding[] = [];
  const [state] = await Promise.all([
    usedTemplate(group) && attempt(findings, stateOf(call, options, group, { template, color })),
    // Only asked when a version does not come up: a missing right is said before that.
    attempt(doubts, readActivities(call, options, group, new Date())),
  ]);
  if (state && state.capacity > 0 && state.version === null)
    doubts.push(
      warning(
        `which version ${group.AutoScalingGroupARN} runs is not known: its AMI is not one of ${template}`,
        'correct environment.imageId, or set identity, which says it',
      ),
    );
  return [...findings, ...doubts.map((doubt): Finding => ({ ...doubt, severity: 'warning' }))];
}

function ofTargetGroups(group: Group, color: Color, targets: Around['targets']): Finding[] {
  if (targets === null || !isTargetGroup(targets[color])) return [];
  const sources = (group.TrafficSources ?? []).flatMap(({ Identifier }) => Identifier ?? []);
  const attached = new Set([...(group.TargetGroupARNs ?? []), ...sources]);
  const other = targets[otherColor(color)];
  const findings: Finding[] = [];
  if (!attached.has(targets[color])) {
    const list = attached.size > 0 ? `it is attached to ${[...attached].join(', ')}` : 'it is attached to none';
    findings.push(
      error(
        `the group of ${color}, ${group.AutoScalingGroupARN}, is not attached to the target group of ${color}, ${targets[color]}: ${list}`,
        `attach it to ${targets[color]}, or correct the router's target groups`,
      ),
    );
  }
  if (attached.has(other) && other !== targets[color])
    findings.push(
      error(
        `the group of ${color}, ${group.AutoScalingGroupARN}, is attached to the target group of ${otherColor(color)}, ${other}: users would get both versions`,
        'exchange blue and green in environment.groups, or detach it there',
      ),
    );
  return findings;
}

const isTargetGroup = (target: string): boolean => /^arn:[^:]+:elasticloadbalancing:.*:targetgroup\//.test(target);

function ofSize(group: Group, other: Group | null): Finding[] {
  if (other === null || other.DesiredCapacity <= group.MaxSize) return [];
  return [
    error(
      `${group.AutoScalingGroupARN} may have ${group.MaxSize} at most, and ${other.AutoScalingGroupName} has ${other.DesiredCapacity}: it could not take its place`,
      `raise the MaxSize of ${group.AutoScalingGroupName} to ${other.DesiredCapacity} or more`,
    ),
  ];
}

/** Processes without which instances do not come, do not go, or get no users. */
const NEEDED = ['Launch', 'Terminate', 'AddToLoadBalancer'];

function ofSettings(group: Group): Finding[] {
  const { AutoScalingGroupARN: arn, AutoScalingGroupName: name } = group;
  const suspended = (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).filter((one) => NEEDED.includes(one));
  const findings: Finding[] = [];
  if (suspended.length > 0)
    findings.push(
      error(`${arn} has suspended ${suspended.join(', ')}: a deployment would wait in vain`, `resume ${suspended.join(', ')} of ${name}`),
    );
  if (!group.HealthCheckType?.includes('ELB'))
    findings.push(
      warning(
        `${arn} checks the health of its instances by ${group.HealthCheckType} only: one whose application has died stays`,
        `add ELB to the health checks of ${name}`,
      ),
    );
  if (group.NewInstancesProtectedFromScaleIn)
    findings.push(
      warning(
        `${arn} protects its instances from scale-in: the old color could not be scaled down`,
        `turn off scale-in protection of ${name}`,
      ),
    );
  return findings;
}

const error = (message: string, cure: string): Finding => ({ severity: 'error', message, cure });
const warning = (message: string, cure: string): Finding => ({ severity: 'warning', message, cure });
