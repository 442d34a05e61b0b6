/** Any metric that a service file names, as a measure. */
import { type Measure, measure, type Series, sum } from './measure.ts';
import type { MetricOptions } from './options.ts';

/** `metric` with the color in place; `ofColor`: a dimension of it is the color's. */
export function metricMeasure({ namespace, name, dimensions, statistic, unit, period }: MetricOptions, ofColor: boolean): Measure {
  const isExtreme = statistic === 'Minimum' || statistic === 'Maximum';
  const series = (asked: string): Series => ({
    namespace,
    name,
    dimensions: Object.entries(dimensions),
    statistic: asked,
    unit,
    // An extreme of that period may be from before the switch, even where it is the color's own.
    periodOfSwitch: ofColor && !isExtreme ? 'counted' : 'left out',
  });
  if (statistic === 'Average') return average(series, period);
  return measure({
    periodMs: period,
    series: { values: series(statistic) },
    leading: 'values',
    value({ values }) {
      if (values.length === 0) return { value: null, detail: `no ${name}` };
      return { value: joined(statistic, values), detail: `${statistic} of ${name}` };
    },
  });
}

/** The average of all periods is not that of their averages. */
const average = (series: (statistic: string) => Series, periodMs: number): Measure =>
  measure({
    periodMs,
    series: { total: series('Sum'), samples: series('SampleCount') },
    leading: 'samples',
    value({ total, samples }) {
      const all = sum(samples);
      const { name } = series('Sum');
      if (all === 0) return { value: null, detail: `no ${name}` };
      return { value: sum(total) / all, detail: `Average of ${name} over ${all} samples` };
    },
  });

function joined(statistic: string, values: readonly number[]): number {
  if (statistic === 'Sum' || statistic === 'SampleCount') return sum(values);
  return statistic === 'Minimum' ? Math.min(...values) : Math.max(...values);
}
