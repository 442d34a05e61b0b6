import type { MetricSource, ProviderContext } from '../../types.ts';
import { alarmsSource } from './alarms.ts';
import { metricsSource } from './metrics.ts';
import type { CloudWatchOptions } from './options.ts';

export const createCloudWatchSource = (options: CloudWatchOptions, context: ProviderContext, now: () => number = Date.now): MetricSource =>
  options.alarms ? alarmsSource(options, context) : metricsSource(options, context, now);
