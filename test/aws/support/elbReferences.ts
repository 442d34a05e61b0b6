/** Which target groups a listener's actions or rules name: on AWS only these are in use, and have their targets' health checked. */
import type { AwsRequest } from './request.ts';
import type { Upstream } from './upstream.ts';
import { type Element, elementsNamed, membersOf, textOf } from './xml.ts';

/** ARN of a target group → ARNs of the load balancers that use it. */
export type References = Map<string, Set<string>>;

export async function referencesOf(upstream: Upstream, request: AwsRequest): Promise<References> {
  const found: References = new Map();
  const balancers = await upstream.ask(request, 'DescribeLoadBalancers');
  for (const balancer of membersOf(balancers?.children[0], 'LoadBalancers')) {
    const arn = textOf(balancer, 'LoadBalancerArn');
    for (const listener of await listenersOf(upstream, request, arn)) {
      const rules = await upstream.ask(request, 'DescribeRules', { ListenerArn: textOf(listener, 'ListenerArn') });
      for (const owner of [listener, ...(rules ? [rules] : [])]) note(found, owner, arn);
    }
  }
  return found;
}

async function listenersOf(upstream: Upstream, request: AwsRequest, LoadBalancerArn: string): Promise<Element[]> {
  const answer = await upstream.ask(request, 'DescribeListeners', { LoadBalancerArn });
  return membersOf(answer?.children[0], 'Listeners');
}

function note(found: References, owner: Element, balancer: string): void {
  for (const { text } of elementsNamed(owner, 'TargetGroupArn')) found.set(text, (found.get(text) ?? new Set()).add(balancer));
}
