import { COLORS, type Color } from '../../core/plan.ts';
import { expand } from '../../core/template.ts';
import { attempt } from '../attempt.ts';
import { parseAddress } from '../http/address.ts';
import type { Call, Finding, InspectionDepth, MetricQuery, MetricSource, ProviderContext, Reading } from '../types.ts';
import { readAnswer } from './answer.ts';
import type { PrometheusOptions } from './options.ts';
import { postForm } from './request.ts';
import { tlsSettings } from './tls.ts';

const QUERY_SHOWN = 300;

type Whose = Pick<MetricQuery, 'color' | 'version'>;

/** `now` as Date.now. */
export function createPrometheusSource(options: PrometheusOptions, { service, folder }: ProviderContext, now = Date.now): MetricSource {
  const usesWindow = options.query.includes('{window}');

  async function query(call: Call, { color, version, since }: MetricQuery): Promise<Reading> {
    const window = windowOf(Math.max(now() - since, options.minWindow));
    const { value, detail } = await ask(call, { color, version }, window);
    const said = [...(detail ? [detail] : []), ...(usesWindow && value === null ? [`over ${window}`] : [])].join(', ');
    return said ? { value, detail: said } : { value };
  }

  /** The evaluation is at the server's own time: a worker whose clock is wrong measures the same. */
  async function ask(call: Call, { color, version }: Whose, window: string): Promise<Reading> {
    const { url, shown, authorization } = endpointOf(options.url);
    const { bearerToken, headers, timeout } = options;
    const answer = await postForm({
      url,
      shown,
      form: { query: expand(options.query, { color, version, service, window }), timeout: `${timeout}ms` },
      // A token from a file mostly ends with a line break.
      headers: [authorization, bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken.trim()}` }, headers],
      tls: await tlsSettings(options.tls, folder),
      timeoutMs: timeout,
      signal: call.signal,
    });
    return readAnswer(answer, shown);
  }

  /** Runs the query as it is meant: an address, a right or a syntax that is wrong would make the first sample fail. */
  async function inspect(call: Call, depth: InspectionDepth = 'all'): Promise<Finding[]> {
    const colors: readonly Color[] = options.query.includes('{color}') ? COLORS : ['blue'];
    const findings: Finding[] = [];
    const window = windowOf(options.minWindow);
    const readings = await Promise.all(colors.map((color) => attempt(findings, ask(call, { color, version: '' }, window))));
    const hasData = readings.some((reading) => reading !== null && reading.value !== null);
    if (findings.length > 0 || depth === 'errors' || hasData) return findings;
    const query = options.query.length > QUERY_SHOWN ? `${options.query.slice(0, QUERY_SHOWN)}…` : options.query;
    const message = `Prometheus has no data for ${query} now, so that the check may find none either`;
    const cure = 'try the query in Prometheus; fine where nothing is published before the switch, or nobody comes now';
    return [{ severity: 'warning', message, cure }];
  }

  return { query, inspect };
}

/** `shown`: without a query, which may hold a secret. */
function endpointOf(base: string): { url: string; shown: string; authorization: Record<string, string> } {
  const { url, authorization } = parseAddress(base, "url of the metrics source 'prometheus'");
  const endpoint = new URL(url);
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/v1/query`;
  return { url: endpoint.href, shown: endpoint.origin + endpoint.pathname, authorization };
}

/** As PromQL writes a duration: whole seconds, rather too long than too short. */
const windowOf = (ms: number): string => `${Math.ceil(ms / 1_000)}s`;
