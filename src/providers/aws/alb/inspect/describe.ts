/** The reads of an inspection: each names in its failure what it could not read. */
import {
  type Action,
  DescribeLoadBalancerAttributesCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../../core/failure.ts';
import type { Call, InspectionDepth } from '../../../types.ts';
import { ask } from '../../ask.ts';
import { balancerArnOf, listenerOfRule, TARGET_GROUP_ARN } from '../arns.ts';
import { listenerPlace } from '../place.ts';

export type Attributes = Record<string, string | undefined>;

export interface DescribedGroup {
  arn: string;
  group: TargetGroup;
  attributes: Attributes;
}

const attributesOf = (list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Attributes =>
  Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? '', Value]));

export const listenerActions = (call: Call, elb: ElasticLoadBalancingV2Client, listener: string): Promise<Action[]> =>
  listenerPlace(elb, listener).read(call);

/** `errors`: without its attributes, which are a matter of warnings only. */
export async function describeGroup(
  call: Call,
  elb: ElasticLoadBalancingV2Client,
  given: string,
  depth: InspectionDepth,
): Promise<DescribedGroup> {
  const by = TARGET_GROUP_ARN.test(given) ? { TargetGroupArns: [given] } : { Names: [given] };
  const action = 'elasticloadbalancing:DescribeTargetGroups';
  const { TargetGroups } = await ask(call, { action, resource: given }, (abortSignal) =>
    elb.send(new DescribeTargetGroupsCommand(by), { abortSignal }),
  );
  const group = TargetGroups?.[0];
  if (!group) throw new Failure('NotFound', `${action} found no target group ${given}; check the name or ARN, the region and the account`);
  const arn = group.TargetGroupArn!;
  if (depth === 'errors') return { arn, group, attributes: {} };
  const { Attributes } = await ask(call, { action: 'elasticloadbalancing:DescribeTargetGroupAttributes', resource: arn }, (abortSignal) =>
    elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }), { abortSignal }),
  );
  return { arn, group, attributes: attributesOf(Attributes) };
}

export async function balancerAttributes(call: Call, elb: ElasticLoadBalancingV2Client, listener: string): Promise<Attributes> {
  const arn = balancerArnOf(listener);
  const { Attributes } = await ask(call, { action: 'elasticloadbalancing:DescribeLoadBalancerAttributes', resource: arn }, (abortSignal) =>
    elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }), { abortSignal }),
  );
  return attributesOf(Attributes);
}

/** Throws InvalidConfiguration for a rule that cannot be switched for this listener. */
export async function ruleActions(
  call: Call,
  elb: ElasticLoadBalancingV2Client,
  { rule, listener }: { rule: string; listener: string },
): Promise<Action[]> {
  if (listenerOfRule(rule) !== listener)
    throw new Failure(
      'InvalidConfiguration',
      `the rule ${rule} belongs to another listener than ${listener}; name the listener that it belongs to`,
    );
  const action = 'elasticloadbalancing:DescribeRules';
  const { Rules } = await ask(call, { action, resource: rule }, (abortSignal) =>
    elb.send(new DescribeRulesCommand({ RuleArns: [rule] }), { abortSignal }),
  );
  const found = Rules?.[0];
  if (!found) throw new Failure('NotFound', `${action} on ${rule} found nothing; check the ARN, the region and the account`);
  if (found.IsDefault)
    throw new Failure(
      'InvalidConfiguration',
      `the rule ${rule} is the default one, which AWS changes with its listener only; leave rule out`,
    );
  return found.Actions ?? [];
}
