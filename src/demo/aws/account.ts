/** An existing set-up in an AWS account: a load balancer whose listener forwards to blue, and a green target group beside it. */
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS, type Color } from '../../core/plan.ts';
import { HOST } from '../ports.ts';
import type { Followed } from './controlPlane.ts';

export const REGION = 'eu-west-1';
const NAME = 'shop';
const REQUEST_MS = 5_000;

/** `shop-blue`: what the service file names. */
export const targetGroupName = (color: Color): string => `${NAME}-${color}`;

/** With credentials that nobody but the emulator takes. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
  requestHandler: { requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
});

/** Each color's target group gets one target, on this machine at its port. */
export async function makeAccount(endpoint: string, ports: Record<Color, number>): Promise<Followed> {
  const elb = new ElasticLoadBalancingV2Client(clientConfig(endpoint));
  const { vpcId, subnets } = await defaultNetwork(endpoint);
  const made = await elb.send(new CreateLoadBalancerCommand({ Name: NAME, Type: 'application', Subnets: subnets }));
  const [blue, green] = await Promise.all(COLORS.map((color) => makeTargetGroup(elb, color, vpcId, ports[color])));
  const listening = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: made.LoadBalancers![0]!.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
    }),
  );
  elb.destroy();
  return { listener: listening.Listeners![0]!.ListenerArn!, targetGroups: { blue: blue!, green: green! } };
}

async function makeTargetGroup(elb: ElasticLoadBalancingV2Client, color: Color, VpcId: string, Port: number): Promise<string> {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: targetGroupName(color),
      Protocol: 'HTTP',
      Port,
      VpcId,
      TargetType: 'ip',
      HealthCheckPath: '/ready',
    }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: HOST, Port }] }));
  return TargetGroupArn!;
}

async function defaultNetwork(endpoint: string): Promise<{ vpcId: string; subnets: string[] }> {
  const ec2 = new EC2Client(clientConfig(endpoint));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  return { vpcId: Subnets[0]!.VpcId!, subnets: Subnets.map(({ SubnetId }) => SubnetId!) };
}
