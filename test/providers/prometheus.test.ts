/** What the source sends and makes of answers, told by a server that says what a Prometheus rarely says. The real one: prometheusServer.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prometheusMetric } from '../../src/providers/metrics/prometheus.ts';
import { prometheusOptions } from '../../src/providers/prometheus/options.ts';
import { createPrometheusSource } from '../../src/providers/prometheus/source.ts';
import type { MetricQuery } from '../../src/providers/types.ts';
import { startHttpServer } from './httpServer.ts';
import { call, temporaryContext } from './support.ts';

const NOW = 1_700_000_100_000;
const query: MetricQuery = { color: 'green', version: 'v2', since: NOW - 90_500, cursor: null };

const vector = (...values: (string | object)[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value, index) => ({
      metric: { __name__: 'errors', pod: `shop-${index}` },
      ...(typeof value === 'string' ? { value: [NOW / 1000, value] } : value),
    })),
  },
});
const refusal = (errorType: string, error: string) => JSON.stringify({ status: 'error', errorType, error });

let server: Awaited<ReturnType<typeof startHttpServer>>;
let context: Awaited<ReturnType<typeof temporaryContext>>;
beforeEach(async () => {
  server = await startHttpServer({ body: JSON.stringify(vector('0.25')) });
  context = await temporaryContext();
});
afterEach(async () => {
  await server.close();
  await context.discard();
});

const sourceOf = (options: Record<string, unknown> = {}) =>
  createPrometheusSource(prometheusOptions.parse({ url: server.url, query: 'up', ...options }), context, () => NOW);
const read = (options?: Record<string, unknown>) => sourceOf(options).query(call, query);
const failure = (options?: Record<string, unknown>) => read(options).catch((error) => error);
const sent = () => Object.fromEntries(new URLSearchParams(server.asked.at(-1)!.body));

describe('what Prometheus is asked', () => {
  test('label matchers and quantifiers survive, and only the placeholders are replaced', async () => {
    const written =
      'sum by (path) (rate(hits{color="{color}",v="{version}",app="{service}",path=~"/a{2}",x!~"{y}"}[{window}])) or {job="shop"}';
    await read({ query: written });
    expect(sent().query).toBe('sum by (path) (rate(hits{color="green",v="v2",app="shop",path=~"/a{2}",x!~"{y}"}[91s])) or {job="shop"}');
  });

  test('the window is the time since the sample before, in whole seconds, and never shorter than the least one', async () => {
    await read({ query: 'a[{window}]' });
    expect(sent().query).toBe('a[91s]');
    await read({ query: 'a[{window}]', minWindow: '5m' });
    expect(sent().query).toBe('a[300s]');
  });

  test('the server evaluates at its own time, and not longer than it is waited for', async () => {
    await read({ timeout: '3s' });
    expect(sent()).toEqual({ query: 'up', timeout: '3000ms' });
  });

  test('the address may have a path and a query, and credentials in it are sent as such', async () => {
    const url = server.url.replace('http://', 'http://me:hush@');
    await read({ url: `${url}/prometheus/?tenant=shop`, headers: { 'X-Scope-OrgID': 7 } });
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      url: '/prometheus/api/v1/query?tenant=shop',
      headers: { authorization: `Basic ${Buffer.from('me:hush').toString('base64')}`, 'x-scope-orgid': '7' },
    });
  });

  test('a bearer token is sent without the line break that its file ended with', async () => {
    await read({ bearerToken: 'hush\n' });
    expect(server.asked[0]!.headers.authorization).toBe('Bearer hush');
  });
});

describe('what its answer means', () => {
  const answered = async (body: unknown, options?: Record<string, unknown>) => {
    server.answer({ body: JSON.stringify(body) });
    return read(options);
  };

  test('a warning of Prometheus stands in the detail, with a value and without one', async () => {
    const warnings = ['some stores did not answer'];
    expect(await answered({ ...vector('0.5'), warnings })).toEqual({
      value: 0.5,
      detail: 'Prometheus warns: some stores did not answer',
    });
    const { value, detail } = await answered({ ...vector(), warnings });
    expect(value).toBeNull();
    expect(detail).toMatch(/no series.*some stores did not answer/);
  });

  test('no data says over which time', async () => {
    expect(await answered(vector('NaN'), { query: 'a[{window}]' })).toEqual({
      value: null,
      detail: 'the result of the query is NaN, over 91s',
    });
  });

  test('several series are counted and the first ones named; none is chosen', async () => {
    server.answer({ body: JSON.stringify(vector('1', '2', '3', '4')) });
    expect(await failure()).toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringMatching(/4 series \(errors\{pod="shop-0"\}, .*shop-2"\}, …\).*sum\(…\)/),
    });
  });

  test('a native histogram is no number, and it is said how to get one', async () => {
    server.answer({ body: JSON.stringify(vector({ histogram: [NOW / 1000, { count: '3', sum: '1' }] })) });
    expect(await failure()).toMatchObject({ type: 'InvalidConfiguration', message: expect.stringContaining('histogram_quantile') });
  });

  test.each(['<html>log in</html>', '{}', '{"status":"success"}', '', '[]'])('%j is not taken for an answer', async (body) => {
    server.answer({ body });
    expect(await failure()).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('did not answer as Prometheus does') });
  });

  test('a series with long labels makes no long message', async () => {
    const result = [1, 2].map((index) => ({ metric: { path: 'x'.repeat(5_000), index: `${index}` }, value: [0, '1'] }));
    server.answer({ body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) });
    expect((await failure()).message.length).toBeLessThan(700);
  });

  test('an answer without end is given up', async () => {
    server.answer({ body: 'x'.repeat(3_000_000) });
    expect(await failure()).toMatchObject({ type: 'InvalidConfiguration', message: expect.stringContaining('aggregate it') });
  });
});

describe('what goes wrong is told apart', () => {
  test.each([
    [400, refusal('bad_data', 'parse error: unexpected end'), 'InvalidConfiguration', 'bad_data: parse error: unexpected end'],
    [422, refusal('execution', 'many-to-many matching'), 'InvalidConfiguration', 'many-to-many matching'],
    [401, '', 'PermissionDenied', 'bearerToken'],
    [403, refusal('forbidden', 'no such tenant'), 'PermissionDenied', 'no such tenant'],
    [404, '404 page not found', 'NotFound', 'url is what stands before /api/v1/query'],
    [405, '', 'NotFound', 'HTTP 405'],
    [429, '', 'Unavailable', 'HTTP 429'],
    [500, refusal('internal', 'disk'), 'Unavailable', 'internal: disk'],
    [503, refusal('timeout', 'query timed out'), 'Unavailable', 'query timed out'],
  ])('an answer of %d', async (status, body, type, said) => {
    server.answer({ status, body });
    expect(await failure()).toMatchObject({ type, message: expect.stringContaining(said) });
  });

  test('a page to log in at is not followed, and named without its query', async () => {
    server.answer({ status: 302, headers: { location: 'https://login.example.com/start?token=hush' }, body: '' });
    const { type, message } = await failure();
    expect(type).toBe('InvalidConfiguration');
    expect(message).toContain('https://login.example.com/start,');
    expect(message).not.toContain('hush');
  });

  test('an answer that does not come in time, and a server that is not there, may pass', async () => {
    server.answer({ body: null });
    expect(await failure({ timeout: '50ms' })).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('within 50 ms') });
    await server.close();
    expect(await failure()).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });

  test('no message has a secret in it', async () => {
    server.answer({ status: 500, body: '' });
    const url = `${server.url.replace('http://', 'http://me:hush@')}/?key=hush`;
    expect((await failure({ url })).message).not.toContain('hush');
    expect((await failure({ bearerToken: 'hu\nsh' })).message).not.toContain('hu\nsh');
  });

  test('a certificate that the worker does not have is named', async () => {
    const tls = { caFile: 'pki/ca.pem' };
    expect(await failure({ url: 'https://localhost:1', tls })).toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining(`${context.folder}/pki/ca.pem (ENOENT)`),
    });
  });

  test('a call that nobody waits for any more is no failure of Prometheus', async () => {
    server.answer({ body: null });
    const given = { ...call, signal: AbortSignal.timeout(30) };
    await expect(sourceOf().query(given, query)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('what is found before a deployment', () => {
  const inspected = (options: Record<string, unknown>) => sourceOf(options).inspect!(call);

  test('a query of a color is tried for both, any other once', async () => {
    expect(await inspected({ query: 'a{color="{color}"}' })).toEqual([]);
    expect(server.asked.map(({ body }) => new URLSearchParams(body).get('query')).sort()).toEqual(['a{color="blue"}', 'a{color="green"}']);
    await inspected({ query: 'a[{window}]' });
    expect(sent().query).toBe('a[60s]');
    expect(server.asked).toHaveLength(3);
  });

  test('a query that finds nothing is a warning: nobody may use the service now', async () => {
    server.answer({ body: JSON.stringify(vector()) });
    expect(await inspected({ query: 'typo' })).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('no data for typo') },
    ]);
    expect(await sourceOf().inspect!(call, 'errors')).toEqual([]);
  });

  test('a query that is wrong is refused with what Prometheus says', async () => {
    server.answer({ status: 400, body: refusal('bad_data', 'unclosed left parenthesis') });
    expect(await inspected({})).toMatchObject([
      { severity: 'error', message: expect.stringContaining('unclosed left parenthesis'), cure: 'correct the query' },
    ]);
  });
});

test.each([
  [{ url: 'prometheus:9090' }],
  [{ query: '' }],
  [{ minWindow: '0s' }],
  [{ tls: { caFile: 'ca.pem' } }],
  [{ url: 'https://p', tls: { certFile: 'a.pem' } }],
  [{ bearerToken: 't', headers: { authorization: 'Bearer u' } }],
  [{ step: '1m' }],
])('%j is refused before anything runs', (options) => {
  expect(prometheusMetric.options.safeParse({ url: 'http://p', query: 'up', ...options }).success).toBe(false);
});
