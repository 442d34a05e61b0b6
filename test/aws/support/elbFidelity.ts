/** Makes moto's Elastic Load Balancing behave as AWS does where a deployment would notice the difference. */
import { awsError, type WireAnswer } from './awsError.ts';
import { actionsIn, hideSecret, lengthenForward } from './elbActions.ts';
import { ElbHealth } from './elbHealth.ts';
import { type References, referencesOf } from './elbReferences.ts';
import { withKeptSecrets } from './elbSecrets.ts';
import { ElbStaleReads } from './elbStaleReads.ts';
import type { AwsRequest } from './request.ts';
import type { Upstream } from './upstream.ts';
import { type Element, element, elementsNamed, parseXml, printXml, textOf } from './xml.ts';

export interface FidelitySettings {
  /** Target groups that no listener and no rule names are unused, and have no load balancer. */
  unused: boolean;
  /** How long targets are `initial` after their group was put to use, or they were registered, through the proxy. */
  initialMs: number;
  /** Forward actions are described in the long form. */
  longShape: boolean;
  /** Client secrets are not described, and kept where a change says so. */
  hideSecrets: boolean;
}

export const LIKE_AWS: FidelitySettings = { unused: true, initialMs: 0, longShape: true, hideSecrets: true };

const WRITES = /:(Create|Modify)(Listener|Rule)$/;
const CHANGES = /:Modify(Listener|Rule)$/;
const WITH_ACTIONS = /:(Create|Modify|Describe)(Listener|Rule)s?$/;

export class ElbFidelity {
  settings = { ...LIKE_AWS };
  readonly health = new ElbHealth();
  readonly stale = new ElbStaleReads();
  #inUse: References = new Map();

  constructor(private readonly upstream: Upstream) {}

  clear(): void {
    this.settings = { ...LIKE_AWS };
    this.health.clear();
    this.stale.clear();
  }

  /** Before a request goes to moto: the request as it is to go, or what AWS refuses it with. */
  async prepare(request: AwsRequest): Promise<AwsRequest | WireAnswer> {
    if (!WRITES.test(request.action)) return request;
    if (CHANGES.test(request.action)) await this.stale.remember(this.upstream, request);
    if (this.settings.unused) this.#inUse = await referencesOf(this.upstream, request);
    const missing = await this.#missingGroup(request);
    if (missing) return awsError(request, 'TargetGroupNotFound', { message: `Target groups '${missing}' not found` });
    if (!this.settings.hideSecrets) return request;
    const kept = await withKeptSecrets(this.upstream, request);
    return typeof kept === 'string' ? awsError(request, 'InvalidLoadBalancerAction', { message: kept }) : kept;
  }

  /** After moto has answered. */
  async finish(request: AwsRequest, answer: WireAnswer): Promise<WireAnswer> {
    if (answer.status !== 200) return answer;
    if (WRITES.test(request.action)) await this.#noteAttached(request);
    if (request.action.endsWith(':RegisterTargets')) this.health.registered(request);
    const root = parseXml(answer.body);
    if (WITH_ACTIONS.test(request.action)) this.#describeActions(request, root);
    else if (request.action.endsWith(':DescribeTargetHealth')) await this.#describeHealth(request, root);
    else if (request.action.endsWith(':DescribeTargetGroups')) await this.#describeUse(request, root);
    else return answer;
    return { ...answer, body: printXml(root) };
  }

  /** moto takes any ARN in ModifyListener. */
  async #missingGroup(request: AwsRequest): Promise<string | null> {
    const named = new Set([...new URLSearchParams(request.body)].flatMap(([key, value]) => (key.endsWith('.TargetGroupArn') ? value : [])));
    for (const arn of named) {
      if (!(await this.upstream.ask(request, 'DescribeTargetGroups', { 'TargetGroupArns.member.1': arn }))) return arn;
    }
    return null;
  }

  async #noteAttached(request: AwsRequest): Promise<void> {
    if (!this.settings.unused) return;
    const before = this.#inUse;
    this.#inUse = await referencesOf(this.upstream, request);
    this.health.attached([...this.#inUse.keys()].filter((arn) => !before.has(arn)));
  }

  #describeActions(request: AwsRequest, root: Element): void {
    if (/:Describe/.test(request.action)) this.stale.rewrite(root);
    for (const action of actionsIn(root)) {
      if (this.settings.longShape) lengthenForward(action);
      if (this.settings.hideSecrets) hideSecret(action);
    }
  }

  async #describeHealth(request: AwsRequest, root: Element): Promise<void> {
    const { unused, initialMs } = this.settings;
    const group = String(request.params.TargetGroupArn);
    const inUse = !unused || (await referencesOf(this.upstream, request)).has(group);
    this.health.rewrite(root, group, { inUse, initialMs });
  }

  async #describeUse(request: AwsRequest, root: Element): Promise<void> {
    if (!this.settings.unused) return;
    const inUse = await referencesOf(this.upstream, request);
    for (const { children } of elementsNamed(root, 'TargetGroups')) {
      for (const group of children) {
        const balancers = [...(inUse.get(textOf(group, 'TargetGroupArn')) ?? [])].map((arn) => element('member', arn));
        group.children = [...group.children.filter(({ name }) => name !== 'LoadBalancerArns'), element('LoadBalancerArns', balancers)];
      }
    }
  }
}
