/** What is wrong with a load balancer, its target groups and the worker's rights, found by reading only. */
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { attempt } from '../../../attempt.ts';
import type { Call, Finding, InspectionDepth, ProviderContext } from '../../../types.ts';
import { isNetwork } from '../arns.ts';
import { targetHealth } from '../health.ts';
import type { AlbRouterOptions } from '../options.ts';
import { type Colors, routingOf } from '../routing.ts';
import { actionFindings, stickinessFindings, testListenerFindings } from './actions.ts';
import { balancerAttributes, type DescribedGroup, describeGroup, listenerActions, ruleActions } from './describe.ts';
import { groupFindings } from './groups.ts';
import { keepAliveFindings } from './keepAlive.ts';
import { metricFindings } from './metrics.ts';

export interface Inspected {
  elb: ElasticLoadBalancingV2Client;
  options: AlbRouterOptions & { region: string };
  endpoints: ProviderContext['endpoints'];
}

export async function inspect(call: Call, depth: InspectionDepth, { elb, options, endpoints }: Inspected): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tried = <T>(reading: Promise<T>): Promise<T | null> => attempt(findings, reading);
  const { listener, rule, testListener } = options;
  const [blue, green, actions, testActions, attributes] = await Promise.all([
    tried(describeGroup(call, elb, options.targetGroups.blue, depth)),
    tried(describeGroup(call, elb, options.targetGroups.green, depth)),
    tried(rule === undefined ? listenerActions(call, elb, listener) : ruleActions(call, elb, { rule, listener })),
    testListener === undefined ? null : tried(listenerActions(call, elb, testListener)),
    isNetwork(listener) || depth === 'errors' ? null : tried(balancerAttributes(call, elb, listener)),
  ]);
  if (!blue || !green) return findings;
  const described: Record<'blue' | 'green', DescribedGroup> = { blue, green };
  const colors: Colors = { blue: blue.arn, green: green.arn };
  findings.push(...groupFindings(described, listener));
  if (actions)
    findings.push(
      ...actionFindings(rule ?? listener, actions, colors),
      ...stickinessFindings(rule ?? listener, actions, described, testListener),
    );
  if (testListener && testActions) findings.push(...testListenerFindings(testListener, testActions, { colors, listener }));
  if (depth === 'errors') return findings;
  // Whether it may be read at all: a right to describe is for all groups or for none.
  await tried(targetHealth(call, elb, colors.blue));
  const live = actions && routingOf(actions, colors).to;
  const [keepAlive, metrics] = await Promise.all([
    keepAliveFindings(call, { live, endpoints, attributes, listener }),
    metricFindings(call, options, colors),
  ]);
  return [...findings, ...keepAlive, ...metrics];
}
