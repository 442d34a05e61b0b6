/** What is wrong with the two services, found by reading. */
import { type Color, otherColor } from '../../../core/plan.ts';
import { attempt } from '../../attempt.ts';
import type { Call, Finding, InspectionDepth, Targets } from '../../types.ts';
import { versionIn } from '../../versionTemplate.ts';
import { listStopped } from './explain.ts';
import type { EcsOptions } from './options.ts';
import { newerThan, readRevision } from './revisions.ts';
import { readBounds } from './scalableTarget.ts';
import { type EcsService, readService, unfitService } from './service.ts';
import { containerOf } from './taskDefinition.ts';

interface Around {
  template: string;
  env: Record<string, string>;
  targets: Targets | null;
  depth: InspectionDepth;
}

export async function inspectEcs(call: Call, options: EcsOptions, around: Around): Promise<Finding[]> {
  const findings: Finding[] = [];
  const blue = await attempt(findings, readService(call, options, 'blue'));
  const green = await attempt(findings, readService(call, options, 'green'));
  if (blue !== null && blue.serviceArn === green?.serviceArn)
    findings.push(
      error(`blue and green are one service, ${blue.serviceArn}`, 'give each color a service of its own in environment.services'),
    );
  if (blue) findings.push(...(await inspectService(call, options, { ...around, color: 'blue', service: blue, other: green })));
  if (green) findings.push(...(await inspectService(call, options, { ...around, color: 'green', service: green, other: blue })));
  return findings;
}

interface Inspected extends Around {
  color: Color;
  service: EcsService;
  other: EcsService | null;
}

async function inspectService(call: Call, options: EcsOptions, inspected: Inspected): Promise<Finding[]> {
  const { service } = inspected;
  const unfit = unfitService(service);
  if (unfit) return [error(unfit.message, unfit.cure)];
  const findings = [...ofLoadBalancer(inspected), ...ofCircuitBreaker(service)];
  if (inspected.depth === 'errors') {
    const definition = await attempt(findings, ofTaskDefinition(call, options, inspected));
    return [...findings, ...(definition ?? [])];
  }
  const doubts: Finding[] = [];
  const [definition, bounds] = await Promise.all([
    attempt(findings, ofTaskDefinition(call, options, inspected)),
    attempt(doubts, ofBounds(call, options, inspected)),
    // Only asked when a version does not come up: a missing right is said before that.
    attempt(doubts, listStopped(call, options, service)),
  ]);
  // Without these a deployment can be made; it knows less.
  const warnings = doubts.map((doubt): Finding => ({ ...doubt, severity: 'warning' }));
  return [...findings, ...(definition ?? []), ...(bounds ?? []), ...warnings];
}

function ofLoadBalancer({ color, service, targets }: Inspected): Finding[] {
  if (targets === null || !isTargetGroup(targets[color])) return [];
  const attached = (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const findings: Finding[] = [];
  if (!attached.includes(targets[color])) {
    const list = attached.length > 0 ? `attached to ${attached.join(', ')}` : 'attached to no target group';
    findings.push(
      error(
        `the service of ${color}, ${service.serviceArn}, is not attached to the target group of ${color}, ${targets[color]}: it is ${list}`,
        `attach it to ${targets[color]} (loadBalancers of the service), or correct the router's target groups`,
      ),
    );
  }
  const other = targets[otherColor(color)];
  if (attached.includes(other) && other !== targets[color])
    findings.push(
      error(
        `the service of ${color}, ${service.serviceArn}, is attached to the target group of ${otherColor(color)}, ${other}: users would get both versions`,
        'exchange blue and green in environment.services, or detach it there',
      ),
    );
  return findings;
}

const isTargetGroup = (target: string): boolean => /^arn:[^:]+:elasticloadbalancing:.*:targetgroup\//.test(target);

const ofCircuitBreaker = ({ serviceArn, deploymentConfiguration }: EcsService): Finding[] =>
  deploymentConfiguration?.deploymentCircuitBreaker?.enable
    ? []
    : [
        warning(
          `the service ${serviceArn} has no deployment circuit breaker: that a version cannot start is known only when environment.timeout is over`,
          'enable deploymentCircuitBreaker on it',
        ),
      ];

async function ofTaskDefinition(call: Call, options: EcsOptions, { color, service, template, env, depth }: Inspected): Promise<Finding[]> {
  const revision = await readRevision(call, options, service.taskDefinition);
  const container = containerOf(revision.definition, options.container);
  // Whether the worker may list revisions, as a deployment will.
  if (depth === 'all') await newerThan(call, options, revision);
  const findings: Finding[] = [];
  if (service.desiredCount > 0 && versionIn(template, container.image ?? '', color) === null)
    findings.push(
      warning(
        `the image of ${color}, ${container.image} in ${service.taskDefinition}, is not one of ${template}: its version is not known from it`,
        'correct environment.image, or set identity, which says it',
      ),
    );
  const clash = (container.secrets ?? []).find(({ name }) => name !== undefined && Object.hasOwn(env, name));
  if (clash)
    findings.push(
      error(
        `environment.env sets ${clash.name}, which is a secret of the container in ${service.taskDefinition}`,
        `take ${clash.name} out of environment.env, or out of the container's secrets`,
      ),
    );
  return findings;
}

async function ofBounds(call: Call, options: EcsOptions, { color, service, other }: Inspected): Promise<Finding[]> {
  const bounds = await readBounds(call, options, service);
  if (bounds === null || other === null || other.desiredCount <= bounds.max) return [];
  return [
    warning(
      `Application Auto Scaling holds ${color}, ${service.serviceArn}, at ${bounds.max} tasks at most, and ${other.serviceArn} has ${other.desiredCount}`,
      `raise the MaxCapacity of ${color}'s scalable target to ${other.desiredCount} or more`,
    ),
  ];
}

const error = (message: string, cure: string): Finding => ({ severity: 'error', message, cure });
const warning = (message: string, cure: string): Finding => ({ severity: 'warning', message, cure });
