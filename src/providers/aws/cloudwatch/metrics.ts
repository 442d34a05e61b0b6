/** Reads a preset, or any metric, period by period. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { COLORS, type Color } from '../../../core/plan.ts';
import { expand } from '../../../core/template.ts';
import { attempt } from '../../attempt.ts';
import type { Call, Finding, MetricSource, ProviderContext, Reading } from '../../types.ts';
import { clientOf } from '../clients.ts';
import { inWords, type Measure } from './measure.ts';
import { metricMeasure } from './metricMeasure.ts';
import type { CloudWatchOptions, MetricOptions } from './options.ts';
import { type Cursor, countPeriods, firstCursor, type Known, lastEnd } from './periods.ts';
import { accessOf, placeOf } from './place.ts';
import { pointsOf } from './points.ts';
import { presetMeasure } from './presets.ts';

/** How far back a metric is looked for that may just have no data now. */
const LOOK_BACK_MS = 3 * 3_600_000;

type Whose = { color: Color; version: string };

/** `now` as Date.now. */
export function metricsSource(options: CloudWatchOptions, { service, router }: ProviderContext, now: () => number): MetricSource {
  const client = () => clientOf(CloudWatchClient, accessOf(options, router));

  async function measureOf(call: Call, whose: Whose): Promise<Measure> {
    if (options.preset) return presetMeasure[options.preset](await placeOf(call, options, router, whose.color));
    const metric = options.metric as MetricOptions;
    const ofColor = Object.values(metric.dimensions).some((value) => value.includes('{color}'));
    return metricMeasure(expand({ ...metric, unit: metric.unit ?? '' }, { ...whose, service }), ofColor);
  }

  async function query(call: Call, { color, version, since, cursor }: Parameters<MetricSource['query']>[1]): Promise<Reading> {
    const measure = await measureOf(call, { color, version });
    const at = (cursor as Cursor | null) ?? firstCursor(since, measure.periodMs);
    const time = now();
    const to = lastEnd(measure, time);
    const points = to > at.from ? await pointsOf(call, client(), measure, { from: at.from, to }) : {};
    return readingOf(measure, countPeriods(measure, points, at, time), at);
  }

  /** Permissions and names; of a metric that a file names, also whether there ever was such a one. */
  async function inspect(call: Call): Promise<Finding[]> {
    const findings: Finding[] = [];
    let known = 0;
    for (const color of COLORS) {
      const count = await attempt(findings, lookBack(call, { color, version: '' }));
      if (count === null) return findings;
      known += count;
    }
    if (options.preset || known > 0) return findings;
    const { namespace, name } = options.metric!;
    const message = `CloudWatch has had no data of ${namespace} ${name} for 3 hours, so that the check may find none either`;
    const cure =
      'check its namespace, name and dimensions (all that it is published with); fine where nothing is published before the switch';
    return [...findings, { severity: 'warning', message, cure }];
  }

  /** How many periods have a number. */
  async function lookBack(call: Call, whose: Whose): Promise<number> {
    const measure = await measureOf(call, whose);
    const to = lastEnd(measure, now());
    const points = await pointsOf(call, client(), measure, { from: to - Math.max(LOOK_BACK_MS, measure.periodMs), to });
    return Object.values(points).reduce((total, own) => total + own.size, 0);
  }

  return { query, inspect };
}

function readingOf(measure: Measure, { counted, span, cursor }: Known, asked: Cursor): Reading {
  const { value, detail } = measure.value(counted);
  if (span) return { value, detail: `${detail}, ${clock(span.from)} to ${clock(span.to)} UTC`, cursor };
  const missing = inWords(measure.series[measure.leading]!);
  return { value: null, detail: `CloudWatch has nothing new of ${missing} since ${clock(asked.from)} UTC`, cursor };
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, ms % 60_000 === 0 ? 16 : 19);
