/** What the load balancer's own health checks say of a color. */
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Readiness } from '../../types.ts';
import { ask } from '../ask.ts';

const DESCRIBE = 'elasticloadbalancing:DescribeTargetHealth';

/** So many reasons are told one by one. */
const MAX_REASONS = 5;

export async function targetHealth(call: Call, elb: ElasticLoadBalancingV2Client, arn: string): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions = [] } = await ask(call, { action: DESCRIBE, resource: arn }, (abortSignal) =>
    elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }), { abortSignal }),
  );
  return TargetHealthDescriptions;
}

/** A target whose health is not checked at all (the default of Lambda functions) gets requests as a healthy one does. */
const isFit = ({ TargetHealth: health }: TargetHealthDescription): boolean =>
  health?.State === 'healthy' || (health?.State === 'unavailable' && health.Reason === 'Target.HealthCheckDisabled');

const isUnused = ({ TargetHealth: health }: TargetHealthDescription): boolean =>
  health?.State === 'unused' && health.Reason === 'Target.NotInUse';

const isLeaving = ({ TargetHealth: health }: TargetHealthDescription): boolean =>
  health?.State === 'draining' || health?.State === 'unhealthy.draining';

export const countFit = (targets: readonly TargetHealthDescription[]): number => targets.filter(isFit).length;

/** No target at all is known for sure: nobody is healthy. */
export function readinessOf(arn: string, targets: readonly TargetHealthDescription[], wanted: number): Readiness {
  const checked = targets.length === 0 || !targets.every(isUnused);
  const healthy = checked ? countFit(targets) : 0;
  const why = reasons(targets, healthy < wanted);
  return { healthy, wanted, checked, detail: why && `${DESCRIBE} on ${arn}: ${why}` };
}

/** Targets that leave are no trouble unless the others are too few. */
function reasons(targets: readonly TargetHealthDescription[], tooFew: boolean): string | null {
  if (targets.length === 0) return 'no targets are registered; register those of this color (its ECS service or Auto Scaling group does)';
  const unfit = targets.filter((target) => !isFit(target));
  const staying = unfit.filter((target) => !isLeaving(target));
  const told = staying.length === 0 && tooFew ? unfit : staying;
  if (told.length === 0) return tooFew ? `no more than ${targets.length - unfit.length} targets are registered; scale this color up` : null;
  const more = told.length - MAX_REASONS;
  const listed = [...told.slice(0, MAX_REASONS).map(reason), ...(more > 0 ? [`and ${more} more`] : [])];
  return `${listed.join('; ')}; mend these targets, or the health check of the group`;
}

function reason({ Target, TargetHealth }: TargetHealthDescription): string {
  const name = [Target?.Id, Target?.Port].filter((part) => part !== undefined).join(':');
  const said = [TargetHealth?.State, TargetHealth?.Reason].filter(Boolean).join(' ');
  return `${name} ${said}${TargetHealth?.Description ? `: ${TargetHealth.Description}` : ''}`;
}
