/** Where the actions stand: a listener's default action, or a rule. One request reads, one writes; nothing else of it is sent. */
import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { askToChange } from '../change.ts';

export interface Place {
  /** The listener's or the rule's. */
  arn: string;
  /** What changes it, as IAM names it. */
  change: string;
  read(call: Call): Promise<Action[]>;
  write(call: Call, actions: Action[]): Promise<void>;
}

export const listenerPlace = (elb: ElasticLoadBalancingV2Client, arn: string): Place => ({
  arn,
  change: 'elasticloadbalancing:ModifyListener',
  read: async (call) => {
    const action = 'elasticloadbalancing:DescribeListeners';
    const { Listeners } = await ask(call, { action, resource: arn }, (abortSignal) =>
      elb.send(new DescribeListenersCommand({ ListenerArns: [arn] }), { abortSignal }),
    );
    return known(Listeners?.[0], action, arn).DefaultActions ?? [];
  },
  write: async (call, DefaultActions) => {
    await askToChange(call, { action: 'elasticloadbalancing:ModifyListener', resource: arn }, (abortSignal) =>
      elb.send(new ModifyListenerCommand({ ListenerArn: arn, DefaultActions }), { abortSignal }),
    );
  },
});

export const rulePlace = (elb: ElasticLoadBalancingV2Client, arn: string): Place => ({
  arn,
  change: 'elasticloadbalancing:ModifyRule',
  read: async (call) => {
    const action = 'elasticloadbalancing:DescribeRules';
    const { Rules } = await ask(call, { action, resource: arn }, (abortSignal) =>
      elb.send(new DescribeRulesCommand({ RuleArns: [arn] }), { abortSignal }),
    );
    return known(Rules?.[0], action, arn).Actions ?? [];
  },
  write: async (call, Actions) => {
    await askToChange(call, { action: 'elasticloadbalancing:ModifyRule', resource: arn }, (abortSignal) =>
      elb.send(new ModifyRuleCommand({ RuleArn: arn, Actions }), { abortSignal }),
    );
  },
});

function known<Found>(found: Found | undefined, action: string, arn: string): Found {
  if (found) return found;
  throw new Failure('NotFound', `${action} on ${arn} found nothing; check the ARN, the region and the account`);
}
