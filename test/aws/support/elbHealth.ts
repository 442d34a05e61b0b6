/** Health of targets as AWS reports it: moto calls every target healthy at once, in a group that nothing uses too. */
import type { AwsRequest } from './request.ts';
import { childOf, type Element, element, membersOf, textOf } from './xml.ts';

export interface Health {
  state: 'initial' | 'healthy' | 'unhealthy' | 'unhealthy.draining' | 'unused' | 'draining' | 'unavailable';
  /** Elb.RegistrationInProgress, Target.FailedHealthChecks, … */
  reason?: string;
  description?: string;
}

const UNUSED: Health = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};
const INITIAL: Health = { state: 'initial', reason: 'Elb.RegistrationInProgress', description: 'Target registration is in progress' };

export class ElbHealth {
  #set = new Map<string, Health>();
  /** Since when a target group is in use, or a target is registered, as far as that came by the proxy (epoch ms). */
  #since = new Map<string, number>();

  /** `targetId` '*' is every target of the group that has no health of its own. */
  set(targetGroupArn: string, targetId: string, health: Health): void {
    this.#set.set(`${targetGroupArn} ${targetId}`, health);
  }

  clear(): void {
    this.#set.clear();
    this.#since.clear();
  }

  /** What was put to use by a request that just passed. */
  attached(targetGroupArns: Iterable<string>): void {
    for (const arn of targetGroupArns) this.#since.set(arn, Date.now());
  }

  registered({ params }: AwsRequest): void {
    for (const { Id } of params.Targets as { Id: string }[]) this.#since.set(`${params.TargetGroupArn} ${Id}`, Date.now());
  }

  /** Rewrites an answer of DescribeTargetHealth. */
  rewrite(answer: Element, targetGroupArn: string, { inUse, initialMs }: { inUse: boolean; initialMs: number }): void {
    for (const target of membersOf(answer.children[0], 'TargetHealthDescriptions')) {
      const id = textOf(childOf(target, 'Target'), 'Id');
      const health = inUse ? this.#healthOf(targetGroupArn, id, initialMs) : UNUSED;
      if (health) target.children = [...target.children.filter(({ name }) => name !== 'TargetHealth'), print(health)];
    }
  }

  #healthOf(group: string, id: string, initialMs: number): Health | undefined {
    const set = this.#set.get(`${group} ${id}`) ?? this.#set.get(`${group} *`);
    if (set) return set;
    const since = Math.max(this.#since.get(group) ?? 0, this.#since.get(`${group} ${id}`) ?? 0);
    return Date.now() - since < initialMs ? INITIAL : undefined;
  }
}

function print({ state, reason, description }: Health): Element {
  return element('TargetHealth', [
    element('State', state),
    ...(reason ? [element('Reason', reason)] : []),
    ...(description ? [element('Description', description)] : []),
  ]);
}
