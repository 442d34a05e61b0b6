/** What an Application Load Balancer says of a color, made of its raw metrics. */
import { type Measure, measure, type Series, sum } from './measure.ts';

const NAMESPACE = 'AWS/ApplicationELB';
const PERIOD_MS = 60_000;

export const PRESETS = [
  'alb-5xx-rate',
  'alb-target-5xx-rate',
  'alb-4xx-rate',
  'alb-elb-5xx-count',
  'alb-latency-avg',
  'alb-latency-p50',
  'alb-latency-p90',
  'alb-latency-p95',
  'alb-latency-p99',
  'alb-request-count',
  'alb-connection-errors',
  'alb-rejected-connections',
  'alb-unhealthy-hosts',
  'alb-healthy-hosts',
] as const;

export type Preset = (typeof PRESETS)[number];

/** As CloudWatch names them: app/NAME/ID and targetgroup/NAME/ID. */
export interface Place {
  loadBalancer: string;
  targetGroup: string;
}

type Maker = (place: Place) => Measure;

/** What one target group did: also in the minute of the switch that is the color's own. */
const own = ({ loadBalancer, targetGroup }: Place, name: string, statistic = 'Sum'): Series => ({
  namespace: NAMESPACE,
  name,
  dimensions: [
    ['LoadBalancer', loadBalancer],
    ['TargetGroup', targetGroup],
  ],
  statistic,
  periodOfSwitch: 'counted',
});

/** What the load balancer did, whichever color it was for. */
const whole = ({ loadBalancer }: Place, name: string): Series => ({
  namespace: NAMESPACE,
  name,
  dimensions: [['LoadBalancer', loadBalancer]],
  statistic: 'Sum',
  periodOfSwitch: 'left out',
});

const NO_REQUESTS = { value: null, detail: 'no requests' };

/** Errors are published only where there are any; requests always. Those that the load balancer answers itself are not among the requests. */
const rateOf5xx: Maker = (place) =>
  measure({
    periodMs: PERIOD_MS,
    series: {
      requests: own(place, 'RequestCount'),
      targets: own(place, 'HTTPCode_Target_5XX_Count'),
      balancer: whole(place, 'HTTPCode_ELB_5XX_Count'),
    },
    leading: 'requests',
    value(counted) {
      const [requests, targets, balancer] = [sum(counted.requests), sum(counted.targets), sum(counted.balancer)];
      const answers = requests + balancer;
      if (answers === 0) return NO_REQUESTS;
      const made = `${targets} by the targets, ${balancer} by the load balancer`;
      return {
        value: Math.min(1, (targets + balancer) / answers),
        detail: `${targets + balancer} of ${answers} answers were 5xx (${made})`,
      };
    },
  });

const rateOf =
  (name: string, kind: string): Maker =>
  (place) =>
    measure({
      periodMs: PERIOD_MS,
      series: { requests: own(place, 'RequestCount'), errors: own(place, name) },
      leading: 'requests',
      value({ requests, errors }) {
        const all = sum(requests);
        if (all === 0) return NO_REQUESTS;
        return { value: Math.min(1, sum(errors) / all), detail: `${sum(errors)} of ${all} answers of the targets were ${kind}` };
      },
    });

/** Of events that are published only where there are any: none where requests are known. */
const countOf =
  (where: typeof own | typeof whole, name: string, what: string): Maker =>
  (place) =>
    measure({
      periodMs: PERIOD_MS,
      series: { requests: where(place, 'RequestCount'), events: where(place, name) },
      leading: 'requests',
      value({ requests, events }) {
        if (requests.length === 0 && events.length === 0) return NO_REQUESTS;
        return { value: sum(events), detail: `${sum(events)} ${what}, ${sum(requests)} requests` };
      },
    });

const requestCount: Maker = (place) =>
  measure({
    periodMs: PERIOD_MS,
    series: { requests: own(place, 'RequestCount') },
    leading: 'requests',
    value: ({ requests }) => (sum(requests) === 0 ? NO_REQUESTS : { value: sum(requests), detail: `${sum(requests)} requests` }),
  });

const averageLatency: Maker = (place) =>
  measure({
    periodMs: PERIOD_MS,
    series: { total: own(place, 'TargetResponseTime'), requests: own(place, 'TargetResponseTime', 'SampleCount') },
    leading: 'requests',
    value({ total, requests }) {
      const all = sum(requests);
      if (all === 0) return NO_REQUESTS;
      return { value: milliseconds(sum(total) / all), detail: `ms, the average of ${all} requests` };
    },
  });

/** Percentiles of minutes make none of all of them: the slowest minute is taken. */
const latency =
  (percentile: string): Maker =>
  (place) =>
    measure({
      periodMs: PERIOD_MS,
      series: { seconds: own(place, 'TargetResponseTime', percentile) },
      leading: 'seconds',
      value({ seconds }) {
        if (seconds.length === 0) return NO_REQUESTS;
        const slowest = seconds.length > 1 ? `, the slowest of ${seconds.length} minutes` : '';
        return { value: milliseconds(Math.max(...seconds)), detail: `ms (${percentile}${slowest})` };
      },
    });

const milliseconds = (seconds: number): number => Number((seconds * 1000).toPrecision(6));

/** How the targets were before the switch is not asked. */
const hosts =
  (name: string, statistic: 'Maximum' | 'Minimum', kind: string): Maker =>
  (place) =>
    measure({
      periodMs: PERIOD_MS,
      series: { hosts: { ...own(place, name, statistic), periodOfSwitch: 'left out' } },
      leading: 'hosts',
      value({ hosts }) {
        if (hosts.length === 0) return { value: null, detail: `no ${kind} hosts known` };
        const value = statistic === 'Maximum' ? Math.max(...hosts) : Math.min(...hosts);
        return { value, detail: `${statistic === 'Maximum' ? 'at most' : 'at least'} ${value} ${kind} hosts at a time` };
      },
    });

export const presetMeasure: Record<Preset, Maker> = {
  'alb-5xx-rate': rateOf5xx,
  'alb-target-5xx-rate': rateOf('HTTPCode_Target_5XX_Count', '5xx'),
  'alb-4xx-rate': rateOf('HTTPCode_Target_4XX_Count', '4xx'),
  'alb-elb-5xx-count': countOf(whole, 'HTTPCode_ELB_5XX_Count', 'answers of the load balancer itself were 5xx'),
  'alb-latency-avg': averageLatency,
  'alb-latency-p50': latency('p50'),
  'alb-latency-p90': latency('p90'),
  'alb-latency-p95': latency('p95'),
  'alb-latency-p99': latency('p99'),
  'alb-request-count': requestCount,
  'alb-connection-errors': countOf(own, 'TargetConnectionErrorCount', 'connections to targets failed'),
  'alb-rejected-connections': countOf(whole, 'RejectedConnectionCount', 'connections were rejected'),
  'alb-unhealthy-hosts': hosts('UnHealthyHostCount', 'Maximum', 'unhealthy'),
  'alb-healthy-hosts': hosts('HealthyHostCount', 'Minimum', 'healthy'),
};
