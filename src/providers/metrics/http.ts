import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { headers, httpUrl } from '../../config/fields.ts';
import { expand } from '../../core/template.ts';
import { parseAddress } from '../http/address.ts';
import { exchange } from '../http/exchange.ts';
import { defineMetricSource, type Reading } from '../types.ts';
import { readJson } from './http/jsonDocument.ts';
import { readPrometheusText } from './http/prometheusText.ts';

const options = z
  .strictObject({
    url: httpUrl().describe('Asked with GET; {color}, {version} and {service} are replaced.'),
    json: z
      .string()
      .optional()
      .describe('Where the number is in a JSON document: a JSON pointer (/errors/rate) or a dotted path (errors.rate).'),
    metric: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The name of a metric of a Prometheus text page, maybe with labels: error_ratio{color="{color}"}. Exactly one series has to match.',
      ),
    headers: headers().default({}).describe('Headers of the request.'),
    timeout: duration.prefault('5s').describe('How long the answer may take.'),
  })
  .refine(({ json, metric }) => (json === undefined) !== (metric === undefined), { error: 'needs either json or metric' });

export const httpMetric = defineMetricSource({
  type: 'http',
  description: 'A number in a JSON document or on a Prometheus text page.',
  options,
  create: async (given, { service }) => ({
    async query({ signal }, { color, version }): Promise<Reading> {
      const {
        url: text,
        json,
        metric,
        headers: own,
      } = expand({ ...given, json: given.json ?? null, metric: given.metric ?? null }, { color, version, service });
      const { url, authorization, origin, path } = parseAddress(text, "url of the metrics source 'http'");
      const page = await exchange({
        url,
        shown: origin + path,
        method: 'GET',
        headers: [authorization, own],
        timeoutMs: given.timeout,
        signal,
      });
      return metric === null ? readJson(page, json ?? '') : readPrometheusText(page, metric);
    },
  }),
});
