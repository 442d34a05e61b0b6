/** A load balancer as a user has it, the router of a service file for it, and all that may be seen of the account. */
import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Color, Plan } from '../../src/core/plan.ts';
import { albRouter } from '../../src/providers/routers/alb.ts';
import type { ProviderContext, Router } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import type { Aws } from './support/aws.ts';
import { type LoadBalancer, makeLoadBalancer, makeRule, storedListener, storedRule } from './support/loadBalancers.ts';

export type Placement = 'listener' | 'rule';

export interface Shop extends LoadBalancer {
  place: string;
  options: Record<string, unknown>;
  router(change?: Record<string, unknown>, endpoints?: ProviderContext['endpoints']): Promise<Router>;
  /** The actions as moto holds them. */
  actions(): Promise<Action[]>;
  put(actions: Action[]): Promise<void>;
}

export const endpoints: ProviderContext['endpoints'] = { blue: null, green: null, preview: null };

export async function makeShop(
  aws: Aws,
  { on = 'listener', type = 'application', test = false }: { on?: Placement; type?: 'application' | 'network'; test?: boolean } = {},
): Promise<Shop> {
  const balancer = await makeLoadBalancer(aws, { type, listeners: test ? 2 : 1 });
  const { listenerArn, listenerArns, blueArn, greenArn } = balancer;
  const rule = on === 'rule' ? await makeRule(aws, { listenerArn, targetGroupArn: blueArn }) : undefined;
  const options = {
    listener: listenerArn,
    targetGroups: { blue: blueArn, green: greenArn },
    ...(rule && { rule }),
    ...(test && { testListener: listenerArns[1] }),
  };
  const { elb } = aws.clients;
  return {
    ...balancer,
    place: rule ?? listenerArn,
    options,
    router: (change = {}, known = endpoints) => routerOf({ ...options, ...change }, known),
    actions: async () =>
      rule ? ((await storedRule(aws, rule)).Actions ?? []) : ((await storedListener(aws, listenerArn)).DefaultActions ?? []),
    put: async (actions) => {
      if (rule) await elb.send(new ModifyRuleCommand({ RuleArn: rule, Actions: actions }));
      else await elb.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: actions }));
    },
  };
}

export const routerOf = (options: Record<string, unknown>, known = endpoints): Promise<Router> =>
  albRouter.create(albRouter.options.parse(options), contextOf(known));

const contextOf = (known: ProviderContext['endpoints']): ProviderContext => ({
  service: 'shop',
  folder: '/nowhere',
  stateDir: '/nowhere/.cutover',
  endpoints: known,
});

/** As much of a plan as a switch needs. */
export const planOf = (options: Record<string, unknown>): Plan =>
  ({
    service: 'shop',
    version: 'v2',
    folder: '/nowhere',
    endpoints,
    router: { type: 'alb', options: albRouter.options.parse(options) as Plan['router']['options'], switchTimeoutMs: 30_000 },
    environment: { type: 'command', options: {}, deployTimeoutMs: 1_000 },
  }) as unknown as Plan;

export const send = async (router: Router, to: Color): Promise<void> => {
  await router.write(call(), { to, from: await router.read(call()) });
};

/** Everything of Elastic Load Balancing in the account, with what `ours` names left out. */
export async function dump(aws: Aws, ours: string[]): Promise<unknown> {
  const { elb } = aws.clients;
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  const listeners = (
    await Promise.all(LoadBalancers.map(({ LoadBalancerArn }) => elb.send(new DescribeListenersCommand({ LoadBalancerArn }))))
  ).flatMap(({ Listeners = [] }) => Listeners);
  const rules = (await Promise.all(listeners.map(({ ListenerArn }) => elb.send(new DescribeRulesCommand({ ListenerArn }))))).flatMap(
    ({ Rules = [] }) => Rules.filter(({ IsDefault }) => !IsDefault),
  );
  const arns = [...LoadBalancers.map((one) => one.LoadBalancerArn!), ...TargetGroups.map((one) => one.TargetGroupArn!)];
  const tags = await elb.send(new DescribeTagsCommand({ ResourceArns: arns }));
  const attributes = await Promise.all(
    TargetGroups.map(({ TargetGroupArn }) => elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }))),
  );
  return {
    LoadBalancers,
    // moto only ever adds to these.
    groups: TargetGroups.map(({ LoadBalancerArns, ...group }) => group),
    attributes: attributes.map(({ Attributes }) => Attributes),
    listeners: listeners.map((one) => (ours.includes(one.ListenerArn!) ? { ...one, DefaultActions: 'ours' } : one)),
    rules: rules.map((one) => (ours.includes(one.RuleArn!) ? { ...one, Actions: 'ours' } : one)),
    tags: tags.TagDescriptions,
  };
}
