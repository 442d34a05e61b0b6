/** What a service file says of `source: { type: prometheus }`. */
import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { headers, httpUrl, text } from '../../config/fields.ts';

const SHORTEST_WINDOW_MS = 1_000;

const tls = z.strictObject({
  caFile: text().optional().describe("Certificates (PEM) of the authority that signed the server's, in place of those that Node knows."),
  certFile: text().optional().describe('The certificate (PEM) that the worker shows.'),
  keyFile: text().optional().describe('Its key (PEM).'),
  serverName: text().optional().describe("The name in the server's certificate, where the address has another."),
  insecureSkipVerify: z
    .boolean()
    .default(false)
    .describe("true: whatever certificate is taken. Anybody in between can then choose the check's outcome."),
});

export const prometheusOptions = z
  .strictObject({
    url: httpUrl().describe('The address of Prometheus (or Thanos, Mimir, VictoriaMetrics): what stands before /api/v1/query.'),
    query: text().describe(
      'PromQL that gives one number. {color}, {version}, {service} are replaced, and {window} by the time since the sample before (90s); label matchers stay as they are.',
    ),
    minWindow: duration
      .refine((ms) => ms >= SHORTEST_WINDOW_MS, { error: 'a window is 1s or longer' })
      .prefault('60s')
      .describe('{window} is at least this long. rate() needs two scrapes in it: take four times the scrape interval.'),
    headers: headers().default({}).describe('Headers of the request, e.g. X-Scope-OrgID.'),
    bearerToken: text().optional().describe('Sent as Authorization: Bearer. By reference: ${env:PROMETHEUS_TOKEN}.'),
    tls: tls.optional().describe('For https:// addresses. Paths start at the folder of the service file.'),
    timeout: duration.prefault('10s').describe('How long the answer may take.'),
  })
  .superRefine(({ url, bearerToken, headers: own, tls: given }, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (given && url.startsWith('http://')) complain(['tls'], 'is for addresses that start with https://');
    if (given && (given.certFile === undefined) !== (given.keyFile === undefined))
      complain(['tls'], 'needs both certFile and keyFile, or neither');
    const hasAuthorization = Object.keys(own).some((name) => name.toLowerCase() === 'authorization');
    if (bearerToken !== undefined && hasAuthorization) complain(['bearerToken'], 'headers have an authorization already');
  });

/** As parsed: durations in milliseconds. */
export type PrometheusOptions = z.infer<typeof prometheusOptions>;
export type TlsOptions = NonNullable<PrometheusOptions['tls']>;
