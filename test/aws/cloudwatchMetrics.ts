/** Metrics and alarms for tests, at minutes of a clock of their own, and the source that reads them. */
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchSource } from '../../src/providers/aws/cloudwatch/source.ts';
import { cloudwatchMetric } from '../../src/providers/metrics/cloudwatch.ts';
import type { MetricQuery, MetricSource, ProviderContext, Reading } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import type { Aws } from './support/aws.ts';

export const MINUTE = 60_000;
/** A whole minute, an hour ago. */
export const START = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;

export const BALANCER = 'app/shop/0123456789abcdef';
const GROUPS = { blue: 'targetgroup/shop-blue/1111111111111111', green: 'targetgroup/shop-green/2222222222222222' };
const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:';

export const ALB_ROUTER = {
  type: 'alb',
  options: {
    listener: `${ARN}listener/${BALANCER}/fedcba9876543210`,
    targetGroups: { blue: ARN + GROUPS.blue, green: ARN + GROUPS.green },
  },
};

type Dimensions = [name: string, value: string][];
export const OF_BALANCER: Dimensions = [['LoadBalancer', BALANCER]];
export const OF_GREEN: Dimensions = [...OF_BALANCER, ['TargetGroup', GROUPS.green]];
export const OF_BLUE: Dimensions = [...OF_BALANCER, ['TargetGroup', GROUPS.blue]];

/** Publishes values of a metric in the minute that begins so many minutes after START. */
export async function publish(aws: Aws, minute: number, MetricName: string, dimensions: Dimensions, ...values: number[]): Promise<void> {
  const datum = {
    MetricName,
    Timestamp: new Date(START + minute * MINUTE + 1_000),
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  };
  const MetricData = values.map((Value) => ({ ...datum, Value }));
  await aws.clients.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/ApplicationELB', MetricData }));
}

export interface Watch {
  source: MetricSource;
  /** Reads so many minutes after START, going on from the reading before. */
  at(minute: number, query?: Partial<MetricQuery>): Promise<Reading>;
}

/** As a worker reads a source: made anew for each sample, its options plain JSON. Users were switched at `switchedAt` minutes after START. */
export function watch(given: Record<string, unknown>, switchedAt = 0, router: ProviderContext['router'] = ALB_ROUTER): Watch {
  const options = JSON.parse(JSON.stringify(cloudwatchMetric.options.parse(given)));
  const context = { service: 'shop', folder: '/', stateDir: '/', endpoints: { blue: null, green: null, preview: null }, router };
  let now = START;
  let cursor: Reading['cursor'] = null;
  let since = START + switchedAt * MINUTE;
  const source = createCloudWatchSource(options, context, () => now);
  return {
    source,
    async at(minute, query = {}) {
      now = START + minute * MINUTE;
      const reading = await source.query(call(), { color: 'green', version: 'v2', since, cursor: cursor ?? null, ...query });
      cursor = JSON.parse(JSON.stringify(reading.cursor ?? cursor));
      since = now;
      return reading;
    },
  };
}
