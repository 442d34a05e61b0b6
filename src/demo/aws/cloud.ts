/** AWS as the demo has it: an emulator of the API, and a load balancer that does what the API says. */
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS, type Color } from '../../core/plan.ts';
import { startMoto } from '../../emulator/moto.ts';
import { forwardOf, type Group, weightOf } from '../../providers/aws/alb/actions.ts';
import { clientConfig, makeAccount, targetGroupName } from './account.ts';
import type { Followed } from './controlPlane.ts';
import { runDataPlane } from './dataPlaneRunner.ts';
import { leaveForeignAccounts } from './ownAccount.ts';
import { type LoggedRequest, startRequestLog } from './requestLog.ts';

export interface CloudOptions {
  /** Where users connect to, and where the colors listen. */
  ports: Record<Color | 'front', number>;
  /** The demo's own. */
  folder: string;
  /** Gets a line of what takes long. */
  progress(line: string): void;
  /** Told when a request of cutover was answered. */
  onRequest(asked: LoggedRequest): void;
  signal: AbortSignal;
}

export interface Cloud extends Followed {
  /** http://host:port that users connect to. */
  front: string;
  /** Where the load balancer's error rates are read. */
  rates: string;
  /** What cutover asked of AWS so far. */
  requests: readonly LoggedRequest[];
  /** Resolves, with why, when the load balancer cannot follow the emulator any more. */
  lost: Promise<string>;
  /** In words: `shop-blue 1, shop-green 0`. */
  forwardsTo(): Promise<string>;
  close(): Promise<void>;
}

/** From then on this process, and all that it starts, takes the emulator for AWS. Nothing runs where it rejects. */
export async function raiseCloud({ ports, folder, progress, onRequest, signal }: CloudOptions): Promise<Cloud> {
  const opened: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const moto = await startMoto({ progress, signal });
    opened.push(moto.stop);
    const log = await startRequestLog(moto.url, onRequest);
    opened.push(log.close);
    leaveForeignAccounts(log.url, folder);
    const followed = await makeAccount(moto.url, ports);
    const plane = await runDataPlane({ endpoint: moto.url, ...followed, port: ports.front });
    opened.push(plane.close);
    const elb = new ElasticLoadBalancingV2Client(clientConfig(moto.url));
    opened.push(() => elb.destroy());
    const forwardsTo = () => describeForward(elb, followed);
    return { ...followed, front: plane.url, rates: plane.rates, requests: log.requests, lost: plane.lost, forwardsTo, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function describeForward(elb: ElasticLoadBalancingV2Client, { listener, targetGroups }: Followed): Promise<string> {
  const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listener] }));
  const groups = forwardOf(Listeners?.[0]?.DefaultActions ?? [])?.groups ?? [];
  const nameOf = ({ arn }: Group): string => {
    const color = COLORS.find((one) => targetGroups[one] === arn);
    return color === undefined ? arn : targetGroupName(color);
  };
  const [only, ...others] = groups;
  if (only === undefined) return 'nowhere';
  return others.length === 0 ? `${nameOf(only)} alone` : groups.map((group) => `${nameOf(group)} ${weightOf(group)}`).join(', ');
}
