/** Load balancers as users have them, made at moto: a listener that forwards to blue, and a green target group beside it. */

import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  DescribeListenersCommand,
  DescribeRulesCommand,
  type Listener,
  RegisterTargetsCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from './aws.ts';

export interface LoadBalancer {
  loadBalancerArn: string;
  /** The first listener, at port 80. */
  listenerArn: string;
  /** All of them, at ports 80, 81, …; each forwards to blue. */
  listenerArns: string[];
  blueArn: string;
  greenArn: string;
  blueName: string;
  greenName: string;
  vpcId: string;
}

let made = 0;

export async function makeLoadBalancer(
  aws: Aws,
  { type = 'application', listeners = 1 }: { type?: 'application' | 'network'; listeners?: number } = {},
): Promise<LoadBalancer> {
  const { elb } = aws.clients;
  made += 1;
  const name = `shop-${made}`;
  const { vpcId, subnets } = await network(aws);
  const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: name, Type: type, Subnets: subnets }));
  const loadBalancerArn = balancer.LoadBalancers![0]!.LoadBalancerArn!;
  const protocol = type === 'application' ? 'HTTP' : 'TCP';
  const blueArn = await makeTargetGroup(aws, { Name: `${name}-blue`, Protocol: protocol });
  const greenArn = await makeTargetGroup(aws, { Name: `${name}-green`, Protocol: protocol });
  const listenerArns: string[] = [];
  for (let i = 0; i < listeners; i += 1) {
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: blueArn }];
    const answer = await elb.send(
      new CreateListenerCommand({ LoadBalancerArn: loadBalancerArn, Port: 80 + i, Protocol: protocol, DefaultActions }),
    );
    listenerArns.push(answer.Listeners![0]!.ListenerArn!);
  }
  const names = { blueName: `${name}-blue`, greenName: `${name}-green` };
  return { loadBalancerArn, listenerArn: listenerArns[0]!, listenerArns, blueArn, greenArn, ...names, vpcId };
}

/** An `ip` target group of the default VPC, HTTP at port 80 where nothing else is said. Answers its ARN. */
export async function makeTargetGroup(aws: Aws, input: Partial<CreateTargetGroupCommandInput> & { Name: string }): Promise<string> {
  const { vpcId } = await network(aws);
  const command = new CreateTargetGroupCommand({ Protocol: 'HTTP', Port: 80, VpcId: vpcId, TargetType: 'ip', ...input });
  return (await aws.clients.elb.send(command)).TargetGroups![0]!.TargetGroupArn!;
}

/** A rule that forwards a path to one group. Answers its ARN. */
export async function makeRule(
  aws: Aws,
  {
    listenerArn,
    targetGroupArn,
    priority = 10,
    path = '/shop/*',
  }: { listenerArn: string; targetGroupArn: string; priority?: number; path?: string },
): Promise<string> {
  const command = new CreateRuleCommand({
    ListenerArn: listenerArn,
    Priority: priority,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
  });
  return (await aws.clients.elb.send(command)).Rules![0]!.RuleArn!;
}

/** Targets as `10.0.0.1:80`. moto keeps one per address: give each its own. */
export async function register(aws: Aws, targetGroupArn: string, targets: string[]): Promise<void> {
  const Targets = targets.map((target) => {
    const [Id, port] = target.split(':');
    return { Id, ...(port && { Port: Number(port) }) };
  });
  await aws.clients.elb.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
}

/** What stands at moto, whatever the proxy says. */
export async function storedListener(aws: Aws, listenerArn: string): Promise<Listener> {
  return (await aws.clients.elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }))).Listeners![0]!;
}

export async function storedRule(aws: Aws, ruleArn: string): Promise<Rule> {
  return (await aws.clients.elb.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }))).Rules![0]!;
}

export async function network(aws: Aws): Promise<{ vpcId: string; subnets: string[] }> {
  const { Subnets = [] } = await aws.clients.ec2.send(new DescribeSubnetsCommand({}));
  return { vpcId: Subnets[0]!.VpcId!, subnets: Subnets.map(({ SubnetId }) => SubnetId!) };
}
