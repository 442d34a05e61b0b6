/** The numbers that CloudWatch has, period by period. */
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { Failure } from '../../../core/failure.ts';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { inWords, type Measure, type Series } from './measure.ts';
import type { Points } from './periods.ts';

/** Of each series, what is known of the periods from `from` to `to` (epoch ms, both on the edge of a period). One request, unless there is more than it can answer. */
export async function pointsOf(
  call: Call,
  client: CloudWatchClient,
  { series, periodMs }: Measure,
  { from, to }: { from: number; to: number },
): Promise<Record<string, Points>> {
  const names = Object.keys(series);
  const asked = { action: 'cloudwatch:GetMetricData', resource: Object.values(series).map(inWords).join(' and ') };
  const points = Object.fromEntries(names.map((name) => [name, new Map<number, number>()]));
  const input = {
    MetricDataQueries: names.map((name, index) => queryOf(series[name]!, `q${index}`, periodMs)),
    StartTime: new Date(from),
    EndTime: new Date(to),
    ScanBy: 'TimestampAscending' as const,
  };
  let NextToken: string | undefined;
  do {
    const page = { ...input, NextToken };
    const answer = await ask(call, asked, (abortSignal) => client.send(new GetMetricDataCommand(page), { abortSignal }));
    for (const result of answer.MetricDataResults ?? []) {
      requireKnown(result, asked);
      const own = points[names[Number(result.Id?.slice(1))] ?? ''];
      result.Timestamps?.forEach((time, index) => {
        own?.set(Math.floor(time.getTime() / periodMs) * periodMs, result.Values![index]!);
      });
    }
    NextToken = answer.NextToken;
  } while (NextToken);
  return points;
}

const queryOf = ({ namespace, name, dimensions, statistic, unit }: Series, Id: string, periodMs: number): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })) },
    Period: periodMs / 1000,
    Stat: statistic,
    ...(unit && { Unit: unit as 'None' }),
  },
});

/** An answer may be 200 and still say that it could not find out: that is no "no data". */
function requireKnown({ StatusCode, Messages }: MetricDataResult, { action, resource }: { action: string; resource: string }): void {
  if (StatusCode !== 'InternalError' && StatusCode !== 'Forbidden') return;
  const said = (Messages ?? []).map(({ Code, Value }) => `${Code}: ${Value}`).join('; ');
  if (StatusCode === 'Forbidden')
    throw new Failure('PermissionDenied', `${action} on ${resource} is not allowed (${said}); allow ${action} to the worker's role`);
  throw new Failure('Unavailable', `${action} on ${resource} was not answered properly (${StatusCode} ${said}); it is asked again`);
}
