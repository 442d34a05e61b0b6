/** Which target group is which color. A name is looked up once and then known for a while: a switch needs no look-up. */
import { DescribeTargetGroupsCommand, type ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { TARGET_GROUP_ARN } from './arns.ts';
import type { Colors } from './routing.ts';

const KNOWN_MS = 10 * 60_000;

/** By region, role and name. */
const arns = new Map<string, { arn: string; until: number }>();

export interface TargetGroups {
  /** Throws NotFound, with the names. */
  resolve(call: Call): Promise<Colors>;
  /** Looked up anew where names are given: a group that was made again has another ARN. */
  resolveAnew(call: Call): Promise<Colors>;
  /** Whether anything is looked up at all. */
  named: boolean;
}

export function targetGroupsOf(elb: ElasticLoadBalancingV2Client, account: string, given: Colors): TargetGroups {
  const names = [given.blue, given.green].filter((text) => !TARGET_GROUP_ARN.test(text));
  const keyOf = (name: string) => JSON.stringify([account, name]);
  const arnOf = (text: string): string => arns.get(keyOf(text))?.arn ?? text;
  const colors = (): Colors => ({ blue: arnOf(given.blue), green: arnOf(given.green) });
  const resolveAnew = async (call: Call): Promise<Colors> => {
    if (names.length === 0) return given;
    const found = await lookUp(call, elb, names);
    for (const [name, arn] of found) arns.set(keyOf(name), { arn, until: Date.now() + KNOWN_MS });
    return colors();
  };
  const resolve = (call: Call): Promise<Colors> => {
    const fresh = names.every((name) => (arns.get(keyOf(name))?.until ?? 0) > Date.now());
    return fresh ? Promise.resolve(colors()) : resolveAnew(call);
  };
  return { resolve, resolveAnew, named: names.length > 0 };
}

async function lookUp(call: Call, elb: ElasticLoadBalancingV2Client, names: string[]): Promise<Map<string, string>> {
  const action = 'elasticloadbalancing:DescribeTargetGroups';
  const resource = `target group${names.length > 1 ? 's' : ''} ${names.join(' and ')}`;
  const { TargetGroups = [] } = await ask(call, { action, resource }, (abortSignal) =>
    elb.send(new DescribeTargetGroupsCommand({ Names: names }), { abortSignal }),
  );
  const found = new Map(TargetGroups.map(({ TargetGroupName, TargetGroupArn }) => [TargetGroupName!, TargetGroupArn!]));
  const missing = names.find((name) => !found.has(name));
  if (missing === undefined) return found;
  throw new Failure('NotFound', `${action} found no target group ${missing}; check the name, the region and the account`);
}
