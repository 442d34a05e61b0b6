/** What Elastic Load Balancing says of a listener's two target groups, read as a load balancer would follow it. */
import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS, type Color } from '../../core/plan.ts';
import { forwardOf, weightOf } from '../../providers/aws/alb/actions.ts';
import type { Share } from './directions.ts';

/** ARNs. */
export interface Followed {
  listener: string;
  targetGroups: Record<Color, string>;
}

/** Requests go to targets in these states; to those that are not healthy only where none is (an ALB fails open). */
const LEAVING = new Set<string | undefined>(['draining', 'unused']);

/** Of other target groups, and of what is no forward, nothing is followed: requests get 503. */
export async function readShares(elb: ElasticLoadBalancingV2Client, { listener, targetGroups }: Followed): Promise<Record<Color, Share>> {
  const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listener] }));
  const groups = forwardOf(Listeners?.[0]?.DefaultActions ?? [])?.groups ?? [];
  const shareOf = async (color: Color): Promise<Share> => {
    const group = groups.find(({ arn }) => arn === targetGroups[color]);
    const weight = group ? weightOf(group) : 0;
    return { weight, targets: weight > 0 ? await targetsOf(elb, targetGroups[color]) : [] };
  };
  const [blue, green] = await Promise.all(COLORS.map(shareOf));
  return { blue: blue!, green: green! };
}

async function targetsOf(elb: ElasticLoadBalancingV2Client, TargetGroupArn: string): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  const staying = TargetHealthDescriptions.filter(({ TargetHealth }) => !LEAVING.has(TargetHealth?.State));
  const healthy = staying.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy');
  return (healthy.length > 0 ? healthy : staying).map(urlOf);
}

const urlOf = ({ Target }: TargetHealthDescription): string => `http://${Target?.Id}:${Target?.Port}`;
