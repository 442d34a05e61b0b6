import { prometheusOptions } from '../prometheus/options.ts';
import { defineMetricSource } from '../types.ts';

export const prometheusMetric = defineMetricSource({
  type: 'prometheus',
  description: 'The number that a PromQL query gives.',
  options: prometheusOptions,
  create: async (options, context) => {
    const { createPrometheusSource } = await import('../prometheus/source.ts');
    return createPrometheusSource(options, context);
  },
});
