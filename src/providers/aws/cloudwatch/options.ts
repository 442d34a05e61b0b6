/** What a service file says of `source: { type: cloudwatch }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { text } from '../../../config/fields.ts';
import { LISTENER_ARN, TARGET_GROUP_ARN, TARGET_GROUP_NAME } from '../alb/arns.ts';
import { awsAccess } from '../options.ts';
import { PRESETS } from './presets.ts';

/** What DescribeAlarms takes at once. */
const MOST_ALARMS = 100;
/** Shorter ones are high-resolution metrics. */
const SHORT_PERIODS = [10_000, 20_000, 30_000];
const LONGEST_PERIOD_MS = 24 * 3_600_000;

const STATISTIC = /^(Sum|Average|Minimum|Maximum|SampleCount|(p|tm|wm)(\d{1,2}(\.\d{1,10})?|100))$/;
const BALANCER_ARN = /^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer\/app\/[A-Za-z0-9-]+\/\w+$/;
const BALANCER = /^app\/[A-Za-z0-9-]+\/\w+$/;
const GROUP = /^targetgroup\/[A-Za-z0-9-]+\/\w+$/;

/** Said of a preset that has nothing to measure. */
export const NEEDS_PLACE = 'needs loadBalancer and targetGroups, unless the router is of type alb';

const isOneOf = (value: string, ...patterns: RegExp[]): boolean =>
  value.includes('${env:') || patterns.some((pattern) => pattern.test(value));

const targetGroup = z.string().refine((value) => isOneOf(value, TARGET_GROUP_ARN, GROUP, TARGET_GROUP_NAME), {
  error: 'expected the name or the ARN of a target group',
});

const period = duration.refine((ms) => SHORT_PERIODS.includes(ms) || (ms > 0 && ms % 60_000 === 0 && ms <= LONGEST_PERIOD_MS), {
  error: 'a period is 10s, 20s, 30s, or whole minutes up to 24h',
});

const metric = z.strictObject({
  namespace: text().describe('e.g. AWS/ApplicationELB, or your own.'),
  name: text().describe('The name of the metric.'),
  dimensions: z
    .record(z.string().min(1), text())
    .prefault({})
    .describe('All dimensions that the metric was published with; {color}, {version} and {service} are replaced in their values.'),
  statistic: z
    .string()
    .regex(STATISTIC, { error: 'expected Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99' })
    .describe(
      'Of the periods since the sample before: Sum and SampleCount are added up, Average is that of all, of the others the greatest (Minimum: the least) is taken.',
    ),
  unit: text().optional().describe('Counts only what was published with this unit.'),
  period: period
    .prefault('60s')
    .describe(
      'A period of the metric. Of Sum, SampleCount and Average what is new is counted, of the others each period once, when it is over.',
    ),
});

export const cloudwatchOptions = z
  .strictObject({
    ...awsAccess,
    preset: z
      .enum(PRESETS)
      .optional()
      .describe(
        'What a load balancer says of the new color. Rates are fractions (0 to 1) of its answers, latencies milliseconds; alb-5xx-rate counts the answers, too, that the load balancer had to give itself.',
      ),
    loadBalancer: z
      .string()
      .refine((value) => isOneOf(value, BALANCER_ARN, BALANCER, LISTENER_ARN), {
        error: 'expected the ARN of an Application Load Balancer, or app/name/id of it',
      })
      .optional()
      .describe("For a preset: the load balancer (ARN); else that of the service's own router."),
    targetGroups: z
      .strictObject({ blue: targetGroup, green: targetGroup })
      .optional()
      .describe("For a preset: which target group (ARN or name) is which color; else those of the service's own router."),
    metric: metric.optional().describe('Any metric.'),
    alarms: z
      .array(text())
      .min(1)
      .max(MOST_ALARMS)
      .optional()
      .describe(
        'Names of alarms, metric or composite ones; {color} is replaced. The value is how many of them are in ALARM; without max and min one is too many.',
      ),
    allowAlarming: z
      .union([z.literal(true), z.array(text())])
      .optional()
      .describe('Alarms (true: all of them) that may be red when a deployment begins. They never count, only their state is said.'),
  })
  .superRefine(({ preset, loadBalancer, targetGroups, metric, alarms, allowAlarming }, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ([preset, metric, alarms].filter((given) => given !== undefined).length !== 1)
      complain([], 'needs exactly one of preset, metric and alarms');
    const place = { loadBalancer, targetGroups };
    const [given, missing] =
      loadBalancer === undefined ? (['targetGroups', 'loadBalancer'] as const) : (['loadBalancer', 'targetGroups'] as const);
    if (place[given] !== undefined && preset === undefined) complain([given], 'is for a preset only');
    if (place[given] !== undefined && place[missing] === undefined) complain([given], `needs ${missing}, too`);
    if (allowAlarming !== undefined && alarms === undefined) complain(['allowAlarming'], 'is for alarms only');
    const stranger = Array.isArray(allowAlarming) && allowAlarming.find((name) => !alarms?.includes(name));
    if (stranger) complain(['allowAlarming'], `${JSON.stringify(stranger)} is not among the alarms`);
  });

/** As parsed: `period` in milliseconds. */
export type CloudWatchOptions = z.infer<typeof cloudwatchOptions>;
export type MetricOptions = NonNullable<CloudWatchOptions['metric']>;
