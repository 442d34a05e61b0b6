/** Which load balancer and target groups a preset measures: those that the source names, else those of the service's own router. */
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../core/failure.ts';
import type { Color, ProviderRef } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { balancerOf, groupDimension, regionOf, TARGET_GROUP_ARN } from '../alb/arns.ts';
import { targetGroupsOf } from '../alb/targetGroups.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { type CloudWatchOptions, NEEDS_PLACE } from './options.ts';
import type { Place } from './presets.ts';

interface Given {
  loadBalancer: string;
  targetGroups: { blue: string; green: string };
}

/** Where and as whom CloudWatch is asked: what the source does not say is as the load balancer's router has it. */
export function accessOf({ region, assumeRole, loadBalancer }: CloudWatchOptions, router: ProviderRef | undefined): AwsAccess {
  const own = router?.type === 'alb' ? (router.options as AwsAccess & { listener: string }) : null;
  const arn = loadBalancer ?? own?.listener;
  return {
    region: region ?? own?.region ?? (arn?.startsWith('arn:') ? regionOf(arn) : undefined),
    assumeRole: assumeRole ?? own?.assumeRole,
  };
}

/** Throws InvalidConfiguration where nothing is named that a preset could measure, and NotFound with the name of a target group. */
export async function placeOf(call: Call, options: CloudWatchOptions, router: ProviderRef | undefined, color: Color): Promise<Place> {
  const { loadBalancer, targetGroups } = givenBy(options, router);
  const name = balancerName(loadBalancer);
  if (!name.startsWith('app/'))
    throw new Failure('InvalidConfiguration', `${options.preset} measures Application Load Balancers only, and ${loadBalancer} is none`);
  return { loadBalancer: name, targetGroup: await groupName(call, targetGroups, color, accessOf(options, router)) };
}

function givenBy({ preset, loadBalancer, targetGroups }: CloudWatchOptions, router: ProviderRef | undefined): Given {
  if (loadBalancer && targetGroups) return { loadBalancer, targetGroups };
  const { listener, targetGroups: own } = (router?.options ?? {}) as { listener?: string; targetGroups?: Given['targetGroups'] };
  if (router?.type === 'alb' && listener && own) return { loadBalancer: listener, targetGroups: own };
  throw new Failure('InvalidConfiguration', `the metrics source 'cloudwatch': ${preset} ${NEEDS_PLACE}, and this one is ${router?.type}`);
}

const balancerName = (given: string): string => (given.startsWith('arn:') ? balancerOf(given) : given);

async function groupName(call: Call, groups: Given['targetGroups'], color: Color, access: AwsAccess): Promise<string> {
  const given = groups[color];
  if (TARGET_GROUP_ARN.test(given)) return groupDimension(given);
  if (given.startsWith('targetgroup/')) return given;
  const elb = clientOf(ElasticLoadBalancingV2Client, access);
  const found = await targetGroupsOf(elb, JSON.stringify(access), { blue: given, green: given }).resolve(call);
  return groupDimension(found[color]);
}
