/** What Prometheus answers to an instant query, as one reading. Pure. */
import * as z from 'zod';
import { Failure } from '../../core/failure.ts';
import { readNumber } from '../metrics/number.ts';
import type { Reading } from '../types.ts';
import type { FormAnswer } from './request.ts';

const SERIES_NAMED = 3;
const LABELS_SHOWN = 160;
const QUOTED = 400;

const sample = z.tuple([z.number(), z.string()]);
const series = z.object({ metric: z.record(z.string(), z.string()), value: sample.optional() });
const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('vector'), result: z.array(series) }),
  z.object({ resultType: z.literal('matrix') }),
  z.object({ resultType: z.literal('string') }),
]);
const success = z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).default([]) });
const refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

type Series = z.infer<typeof series>;

/**
 * `shown` is the address as messages call it. No series, and NaN, are no data. Throws InvalidConfiguration where the query is wrong or
 * gives something else than one number, PermissionDenied, NotFound, and Unavailable for what may pass.
 */
export function readAnswer(answer: FormAnswer, shown: string): Reading {
  if (answer.status !== 200) throw refused(answer, shown);
  const parsed = success.safeParse(json(answer.body));
  if (!parsed.success)
    throw new Failure(
      'Unavailable',
      `POST ${shown} did not answer as Prometheus does; check url, and what stands between the worker and it`,
    );
  const { data: found, warnings } = parsed.data;
  const reading = readingOf(found);
  const said = [reading.detail, ...(warnings.length > 0 ? [`Prometheus warns: ${quote(warnings.join('; '))}`] : [])].filter(Boolean);
  return said.length > 0 ? { ...reading, detail: said.join('; ') } : reading;
}

function readingOf(found: z.infer<typeof data>): Reading {
  if (found.resultType === 'scalar') return readNumber(found.result[1], 'the result of the query');
  if (found.resultType === 'matrix') throw notOne('a range vector', 'apply a function to the range, e.g. rate(…[{window}])');
  if (found.resultType === 'string') throw notOne('text', 'it has to give a number');
  return ofVector(found.result);
}

function ofVector(all: Series[]): Reading {
  const [first, ...others] = all;
  if (!first) return { value: null, detail: 'Prometheus has no series for the query' };
  if (others.length > 0) {
    const named = all.slice(0, SERIES_NAMED).map(labelsOf).join(', ');
    throw notOne(`${all.length} series (${named}${all.length > SERIES_NAMED ? ', …' : ''})`, 'aggregate it, e.g. sum(…)');
  }
  if (!first.value) throw notOne('a native histogram', 'take a number of it, e.g. histogram_quantile(0.99, …)');
  return readNumber(first.value[1], 'the result of the query');
}

function labelsOf({ metric: { __name__: name = '', ...labels } }: Series): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const whole = `${name}{${written.join(', ')}}`;
  return whole.length > LABELS_SHOWN ? `${whole.slice(0, LABELS_SHOWN)}…}` : whole;
}

const notOne = (what: string, cure: string): Failure =>
  new Failure('InvalidConfiguration', `the query of the metrics source 'prometheus' gives ${what}, and one number is wanted; ${cure}`);

/** Statuses by which Prometheus, or what stands before it, says that the query is wrong. */
const WRONG = [400, 413, 414, 422];

function refused({ status, location, body }: FormAnswer, shown: string): Failure {
  const parsed = refusal.safeParse(json(body));
  const said = parsed.success ? ` (${parsed.data.errorType}: ${quote(parsed.data.error)})` : '';
  const asked = `POST ${shown}`;
  if (status === 401 || status === 403)
    return new Failure('PermissionDenied', `${asked} is not allowed (HTTP ${status})${said}; check bearerToken, headers and tls.certFile`);
  if (location !== null)
    return new Failure(
      'InvalidConfiguration',
      `${asked} is sent on to ${location}, which is not followed; name the final address, or credentials`,
    );
  if (status === 404 || status === 405)
    return new Failure('NotFound', `${asked} finds no API of Prometheus (HTTP ${status})${said}; url is what stands before /api/v1/query`);
  if (WRONG.includes(status)) return new Failure('InvalidConfiguration', `${asked} was refused (HTTP ${status})${said}; correct the query`);
  return new Failure('Unavailable', `${asked} was not answered (HTTP ${status})${said}; look at Prometheus, and at what stands before it`);
}

function quote(said: string): string {
  const line = said.replace(/\s+/g, ' ').trim();
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
