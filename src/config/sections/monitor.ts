import * as z from 'zod';
import { formatDuration } from '../../core/duration.ts';
import { metricSourceDefinition, metricSources } from '../../providers/registry.ts';
import { duration } from '../duration.ts';
import { count, name } from '../fields.ts';
import { optionsOf } from '../options.ts';
import { type ProviderConfig, providerUnion } from '../providerUnion.ts';
import { span } from '../span.ts';
import { uniqueNames } from '../uniqueNames.ts';

const DEFAULT_INTERVAL = 60_000;
/** A week of a sample each ten seconds: the samples of a batch have to fit into a message of Temporal's, two megabytes. */
const MOST_SAMPLES = 100_000;

const check = z
  .strictObject({
    name: name().describe('Unique among the checks.'),
    source: providerUnion(metricSources).describe('Where the value comes from.'),
    max: z.number().optional().describe('Fails when the value is greater.'),
    min: z.number().optional().describe('Fails when the value is less.'),
    failureLimit: count(0, 1_000_000).prefault(0).describe('Failed samples forgiven; 0 = the first failed sample rolls back.'),
    noData: z.enum(['ignore', 'fail', 'pause']).prefault('ignore').describe('What a sample without data means.'),
    minSamples: count(0, 1_000_000)
      .prefault(0)
      .describe('A window with fewer samples with data than this is inconclusive: it pauses for a person.'),
  })
  .refine(({ source, max, min }) => (max ?? min ?? defaultMax(source)) !== undefined, { error: 'needs a bound: max, min or both' })
  .refine(({ max, min }) => max === undefined || min === undefined || min <= max, {
    path: ['min'],
    error: 'greater than max: every value would fail',
  })
  .transform((check) => ({ ...check, max: check.max ?? (check.min === undefined ? defaultMax(check.source) : undefined) }));

/** Of a source that says by itself what is wrong. */
function defaultMax(source: ProviderConfig): number | undefined {
  return metricSourceDefinition(source.type).defaultMax?.(optionsOf(source));
}

export const monitor = z
  .strictObject({
    duration: duration.prefault('10m').describe('How long the new version is watched after the switch.'),
    interval: span
      .optional()
      .describe('How often a sample is taken; at most the duration.')
      .meta({ default: formatDuration(DEFAULT_INTERVAL) }),
    checks: z.array(check).check(uniqueNames).prefault([]).describe('What is watched; without any the window only gives people time.'),
  })
  .superRefine(({ duration, interval, checks }, context) => {
    if (interval !== undefined && duration > 0 && interval > duration) {
      const message = `${formatDuration(interval)} is longer than monitor.duration (${formatDuration(duration)}): no sample would be taken`;
      context.addIssue({ code: 'custom', path: ['interval'], message });
    }
    const most = Math.ceil(duration / (interval ?? shortened(duration)));
    if (most > MOST_SAMPLES) {
      const message = `${formatDuration(interval ?? DEFAULT_INTERVAL)} makes ${most} samples of ${formatDuration(duration)}, and at most ${MOST_SAMPLES} are taken`;
      context.addIssue({ code: 'custom', path: [interval === undefined ? 'duration' : 'interval'], message });
    }
    for (const [index, { minSamples }] of checks.entries()) {
      if (minSamples <= most) continue;
      const message = `${minSamples} is more than the window can have: ${most} sample${most === 1 ? '' : 's'}`;
      context.addIssue({ code: 'custom', path: ['checks', index, 'minSamples'], message });
    }
  })
  .transform((settings) => ({ ...settings, interval: settings.interval ?? shortened(settings.duration) }))
  .prefault({})
  .describe('The window after the switch in which a broken bound rolls back.');

/** A window shorter than the default interval, in a file that sets no interval, is sampled at its end. */
function shortened(duration: number): number {
  return duration > 0 ? Math.min(DEFAULT_INTERVAL, duration) : DEFAULT_INTERVAL;
}
