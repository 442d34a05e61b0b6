/** What is wrong with the two target groups, each and as a pair. */
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS } from '../../../../core/plan.ts';
import type { Finding } from '../../../types.ts';
import { balancerArnOf, isNetwork } from '../arns.ts';
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

function belongings({ arn, group }: DescribedGroup, listener: string): Finding[] {
  const balancer = balancerArnOf(listener);
  const others = (group.LoadBalancerArns ?? []).filter((other) => other !== balancer);
  const elsewhere = others.length > 0 && !group.LoadBalancerArns!.includes(balancer);
  const fits = group.Protocol === undefined || /^HTTPS?$/.test(group.Protocol) !== isNetwork(listener);
  const kind = isNetwork(listener) ? 'network' : 'application';
  return [
    ...(elsewhere
      ? [
          wrong(
            `${arn} belongs to another load balancer (${others[0]}) than the listener ${listener}`,
            `name a target group of ${balancer}`,
          ),
        ]
      : []),
    ...(fits
      ? []
      : [
          wrong(
            `${arn} has protocol ${group.Protocol}, which is none of ${kind} load balancers`,
            `use a target group of ${kind} load balancers`,
          ),
        ]),
  ];
}

const wrong = (message: string, cure: string): Finding => ({ severity: 'error', message, cure });

const pair = (blue: TargetGroup, green: TargetGroup): string => `${blue.TargetGroupArn} and ${green.TargetGroupArn}`;

function differences(blue: TargetGroup, green: TargetGroup): Finding[] {
  const compared = [
    { severity: 'error', name: 'VPC', key: 'VpcId', cure: 'make both in the VPC of the load balancer' },
    {
      severity: 'warning',
      name: 'protocol',
      key: 'Protocol',
      cure: 'give both the same, unless the colors are meant to be spoken to differently',
    },
    {
      severity: 'warning',
      name: 'protocol version',
      key: 'ProtocolVersion',
      cure: 'give both the same, unless the colors are meant to be spoken to differently',
    },
    { severity: 'warning', name: 'target type', key: 'TargetType', cure: 'give both the same, unless the colors run on different things' },
  ] as const;
  return compared.flatMap(({ severity, name, key, cure }) =>
    blue[key] === green[key] ? [] : [{ severity, message: `${pair(blue, green)} differ in ${name}: ${blue[key]} and ${green[key]}`, cure }],
  );
}

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
