/** What is wrong with the two target groups, each and as a pair. */
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS } from '../../../../core/plan.ts';
import type { Finding } from '../../../types.ts';
import { balancerArnOf } from '../arns.ts';
import type { DescribedGroup } from './describe.ts';

type Both = Record<'blue' | 'green', DescribedGroup>;

export function groupFindings({ blue, green }: Both, listener: string): Finding[] {
  if (blue.arn === green.arn) {
    const message = `blue and green are the same target group, ${blue.arn}`;
    return [{ severity: 'error', message, cure: 'give each color a target group of its own' }];
  }
  const both = { blue, green };
  return [
    ...COLORS.flatMap((color) => belongings(both[color], listener)),
    ...differences(blue.group, green.group),
    ...healthCheckDifference(blue.group, green.group),
  ];
}

/** A group that is in no action yet belongs to none. */
function belongings({ arn, group }: DescribedGroup, listener: string): Finding[] {
  const balancer = balancerArnOf(listener);
  const owners = group.LoadBalancerArns ?? [];
  if (owners.length === 0 || owners.includes(balancer)) return [];
  const message = `${arn} belongs to another load balancer (${owners[0]}) than the listener ${listener}`;
  return [{ severity: 'error', message, cure: `name a target group of ${balancer}, or of none yet` }];
}

const pair = (blue: TargetGroup, green: TargetGroup): string => `${blue.TargetGroupArn} and ${green.TargetGroupArn}`;

const SAME = 'give both the same, unless the colors are meant to be spoken to differently';

function differences(blue: TargetGroup, green: TargetGroup): Finding[] {
  const compared = [
    { severity: 'error', name: 'VPC', key: 'VpcId', cure: 'make both in the VPC of the load balancer' },
    { severity: areOfOneKind(blue, green) ? 'warning' : 'error', name: 'protocol', key: 'Protocol', cure: SAME },
    { severity: 'warning', name: 'protocol version', key: 'ProtocolVersion', cure: SAME },
    { severity: 'warning', name: 'target type', key: 'TargetType', cure: 'give both the same, unless the colors run on different things' },
  ] as const;
  return compared.flatMap(({ severity, name, key, cure }) =>
    blue[key] === green[key] ? [] : [{ severity, message: `${pair(blue, green)} differ in ${name}: ${blue[key]} and ${green[key]}`, cure }],
  );
}

/** No load balancer takes both a group for HTTP and one for TCP. Lambda functions have no protocol. */
const areOfOneKind = (blue: TargetGroup, green: TargetGroup): boolean =>
  !blue.Protocol || !green.Protocol || /^HTTP/.test(blue.Protocol) === /^HTTP/.test(green.Protocol);

const HEALTH_CHECK = {
  HealthCheckEnabled: 'enabled',
  HealthCheckProtocol: 'protocol',
  HealthCheckPort: 'port',
  HealthCheckPath: 'path',
  HealthCheckIntervalSeconds: 'interval',
  HealthCheckTimeoutSeconds: 'timeout',
  HealthyThresholdCount: 'healthy threshold',
  UnhealthyThresholdCount: 'unhealthy threshold',
  Matcher: 'success codes',
} as const;

function healthCheckDifference(blue: TargetGroup, green: TargetGroup): Finding[] {
  const differing = (Object.keys(HEALTH_CHECK) as (keyof typeof HEALTH_CHECK)[]).flatMap((key) => {
    const [one, other] = [inWords(blue[key]), inWords(green[key])];
    return one === other ? [] : [`${HEALTH_CHECK[key]} (${one} and ${other})`];
  });
  if (differing.length === 0) return [];
  const message = `the health checks of ${pair(blue, green)} differ in ${differing.join(', ')}`;
  return [{ severity: 'warning', message, cure: 'give both the same health check: healthy should mean the same of both colors' }];
}

const inWords = (value: TargetGroup[keyof typeof HEALTH_CHECK]): string =>
  typeof value === 'object' ? (value.HttpCode ?? value.GrpcCode ?? 'none') : String(value ?? 'none');
