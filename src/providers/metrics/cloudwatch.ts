import { cloudwatchOptions, NEEDS_PLACE } from '../aws/cloudwatch/options.ts';
import { defineMetricSource } from '../types.ts';

export const cloudwatchMetric = defineMetricSource({
  type: 'cloudwatch',
  description: 'CloudWatch: what a load balancer says of the new color, any metric, or alarms.',
  options: cloudwatchOptions,
  misfit: ({ preset, loadBalancer }, router) =>
    preset && !loadBalancer && router !== 'alb' ? `${preset} ${NEEDS_PLACE}, and this one is ${router}` : null,
  // One that is in ALARM is one too many.
  defaultMax: ({ alarms }) => (alarms ? 0 : undefined),
  create: async (options, context) => {
    const { createCloudWatchSource } = await import('../aws/cloudwatch/source.ts');
    return createCloudWatchSource(options, context);
  },
});
