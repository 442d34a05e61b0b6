/** Reads that lag behind writes: for a time after a change a listener or rule is described as it was before. */
import type { AwsRequest } from './request.ts';
import type { Upstream } from './upstream.ts';
import { type Element, elementsNamed, textOf } from './xml.ts';

const LISTS = [
  ['Listeners', 'ListenerArn'],
  ['Rules', 'RuleArn'],
] as const;

export class ElbStaleReads {
  #lagMs = 0;
  #old = new Map<string, { element: Element; until: number }>();

  lag(ms: number): void {
    this.#lagMs = ms;
  }

  clear(): void {
    this.#lagMs = 0;
    this.#old.clear();
  }

  /** To be called before a change is carried out. */
  async remember(upstream: Upstream, request: AwsRequest): Promise<void> {
    if (this.#lagMs === 0) return;
    for (const answer of await describeBefore(upstream, request)) {
      for (const [arn, element] of described(answer)) {
        // A second change within the lag does not make the first one seen sooner.
        if (!this.#stale(arn)) this.#old.set(arn, { element, until: Date.now() + this.#lagMs });
      }
    }
  }

  rewrite(answer: Element): void {
    for (const [list, key] of LISTS) {
      for (const found of elementsNamed(answer, list)) {
        found.children = found.children.map((one) => this.#stale(textOf(one, key))?.element ?? one);
      }
    }
  }

  #stale(arn: string) {
    const known = this.#old.get(arn);
    return known && known.until > Date.now() ? known : undefined;
  }
}

async function describeBefore(upstream: Upstream, { params, ...request }: AwsRequest): Promise<Element[]> {
  const asked =
    request.action === 'elasticloadbalancing:ModifyRule'
      ? [upstream.ask({ params, ...request }, 'DescribeRules', { 'RuleArns.member.1': String(params.RuleArn) })]
      : [
          upstream.ask({ params, ...request }, 'DescribeListeners', { 'ListenerArns.member.1': String(params.ListenerArn) }),
          upstream.ask({ params, ...request }, 'DescribeRules', { ListenerArn: String(params.ListenerArn) }),
        ];
  return (await Promise.all(asked)).filter((answer) => answer !== null);
}

function* described(answer: Element): Generator<[string, Element]> {
  for (const [list, key] of LISTS) {
    for (const { children } of elementsNamed(answer, list)) {
      for (const one of children) yield [textOf(one, key), one];
    }
  }
}
