/** How many requests a target group got lately, by CloudWatch, which knows it some minutes later. */
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { balancerOf, groupDimension } from './arns.ts';

const MINUTE_MS = 60_000;
/** How far back is looked. */
const WINDOW_MS = 3 * MINUTE_MS;
/** A minute's count may come so long after its end: until then its absence says nothing. */
const LATE_MS = MINUTE_MS;

/** The newest minutes that began after `since`, and whether one of them must be known by now. Null while none has begun. */
export function newestMinutes(since: number, now: number): { from: number; to: number; known: boolean } | null {
  const up = (time: number) => Math.ceil(time / MINUTE_MS) * MINUTE_MS;
  const from = Math.max(up(since), up(now) - WINDOW_MS - LATE_MS);
  return from < now ? { from, to: up(now), known: from + MINUTE_MS + LATE_MS <= now } : null;
}

/** No data of a minute that is known is no request: AWS reports a count for every minute with traffic. Null where nothing is known. */
export async function recentRequests(
  call: Call,
  cloudwatch: CloudWatchClient,
  of: { listener: string; group: string; since: number },
): Promise<number | null> {
  const minutes = newestMinutes(of.since, Date.now());
  if (!minutes) return null;
  try {
    const requests = await requestsIn(call, cloudwatch, { ...of, ...minutes });
    return requests > 0 || minutes.known ? requests : null;
  } catch (error) {
    // A worker that may not read metrics can still end a deployment: it waits for its time limit instead.
    if (error instanceof Failure && error.type === 'PermissionDenied') return null;
    throw error;
  }
}

/** From `from` to `to` (epoch ms, whole minutes). Throws PermissionDenied where metrics must not be read. */
export async function requestsIn(
  call: Call,
  cloudwatch: CloudWatchClient,
  of: { listener: string; group: string; from: number; to: number },
): Promise<number> {
  const query = new GetMetricDataCommand({
    StartTime: new Date(of.from),
    EndTime: new Date(of.to),
    MetricDataQueries: [{ Id: 'requests', MetricStat: { Metric: requestCount(of), Period: 60, Stat: 'Sum' } }],
  });
  const { MetricDataResults } = await ask(
    call,
    { action: 'cloudwatch:GetMetricData', resource: `RequestCount of ${of.group}` },
    (abortSignal) => cloudwatch.send(query, { abortSignal }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
}

const requestCount = ({ listener, group }: { listener: string; group: string }) => ({
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'RequestCount',
  Dimensions: [
    { Name: 'LoadBalancer', Value: balancerOf(listener) },
    { Name: 'TargetGroup', Value: groupDimension(group) },
  ],
});
