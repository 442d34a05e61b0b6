import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandMetric } from '../../src/providers/metrics/command.ts';
import { httpMetric } from '../../src/providers/metrics/http.ts';
import type { MetricQuery } from '../../src/providers/types.ts';
import { metricsContract } from '../contract/metricsContract.ts';
import { startHttpServer } from './httpServer.ts';
import { call, temporaryContext } from './support.ts';

const query: MetricQuery = { color: 'green', version: 'v2', since: 1_700_000_000_500, cursor: null };

metricsContract('http (JSON)', () => httpSource({ json: '/errors/rate' }, '{"errors":{"rate":0.125}}', '{"errors":{}}'));
metricsContract('http (Prometheus text)', () =>
  httpSource(
    { metric: 'error_ratio{color="{color}"}' },
    'error_ratio{color="blue"} 9\nerror_ratio{color="green"} 0.125\n',
    'error_ratio{color="green"} NaN\n',
  ),
);
metricsContract('command', async () => {
  const context = await temporaryContext();
  const script = join(context.folder, 'rate.sh');
  const write = async (body: string) => {
    await writeFile(script, `#!/bin/sh\n${body}\n`);
    await chmod(script, 0o755);
  };
  return {
    source: await commandMetric.create(commandMetric.options.parse({ command: ['./rate.sh'] }), context),
    produce: async () => {
      await write('echo 0.125');
      return 0.125;
    },
    silence: () => write('exit 0'),
    breakDown: () => write('echo "no route to host" >&2; exit 1'),
    close: context.discard,
  };
});

async function httpSource(where: Record<string, string>, data: string, none: string) {
  const server = await startHttpServer();
  const context = await temporaryContext();
  return {
    source: await httpMetric.create(httpMetric.options.parse({ url: server.url, ...where }), context),
    produce: async () => {
      server.answer({ body: data });
      return 0.125;
    },
    silence: async () => server.answer({ body: none }),
    breakDown: server.close,
    close: async () => {
      await server.close();
      await context.discard();
    },
  };
}

describe('the metrics source http', () => {
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let context: Awaited<ReturnType<typeof temporaryContext>>;
  beforeEach(async () => {
    server = await startHttpServer();
    context = await temporaryContext();
  });
  afterEach(async () => {
    await server.close();
    await context.discard();
  });
  const read = async (options: Record<string, unknown>, body: string) => {
    server.answer({ body });
    const source = await httpMetric.create(httpMetric.options.parse({ url: server.url, ...options }), context);
    return source.query(call, query);
  };

  test('the address and the headers may name color, version and service', async () => {
    const headers = { 'X-Color': '{color}', Authorization: 'Bearer t' };
    await read({ url: `${server.url}/m/{color}?v={version}&s={service}`, json: 'n', headers }, '{"n":1}');
    expect(server.asked[0]).toMatchObject({
      method: 'GET',
      url: '/m/green?v=v2&s=shop',
      headers: { 'x-color': 'green', authorization: 'Bearer t' },
    });
  });

  test.each([
    ['/errors/rate', { errors: { rate: 0.5 } }, 0.5],
    ['errors.rate', { errors: { rate: 0 } }, 0],
    ['/data/result/0/value/1', { data: { result: [{ value: [1, '0.25'] }] } }, 0.25],
    ['/a~1b/m~0n/', { 'a/b': { 'm~n': { '': 2 } } }, 2],
    ['', 7, 7],
    ['n', { n: -1e-7 }, -1e-7],
  ])('the pointer %j finds its number', async (json, document, value) => {
    expect(await read({ json }, JSON.stringify(document))).toEqual({ value });
  });

  test.each([
    ['/rate', '{"rate":null}'],
    ['/rate', '{"rate":"NaN"}'],
    ['/rate/deep', '{"rate":1}'],
    ['constructor.name', '{}'],
    ['/list/2', '{"list":[1]}'],
  ])('%s in %s is no data', async (json, body) => {
    const { value, detail } = await read({ json }, body);
    expect(value).toBeNull();
    expect(detail).toBeTruthy();
  });

  test.each(['<html>', '{"rate":true}', '{"rate":{}}', '{"rate":[1]}', '{"rate":"many"}', '{"rate":"0x10"}'])(
    '%s is a failure to measure, not data',
    async (body) => {
      await expect(read({ json: 'rate' }, body)).rejects.toMatchObject({ type: 'Unavailable' });
    },
  );

  test('a division by nothing breaks every bound, also after JSON', async () => {
    const { value } = await read({ metric: 'ratio' }, 'ratio +Inf\n');
    expect(JSON.parse(JSON.stringify({ value })).value).toBeGreaterThan(1e300);
  });

  const PAGE = [
    '# HELP http_errors "{ } counted',
    '# TYPE http_errors counter',
    'http_errors{path="/a b} \\"x\\"",color="blue"} 1 1700000000000',
    'http_errors{path="/",color="green"} 2.5e-1',
    'http_errors_total 9',
    'up 1',
    'odd{} 3',
  ].join('\r\n');

  test.each([
    ['up', 1],
    ['odd', 3],
    ['http_errors_total', 9],
    ['http_errors{color="green"}', 0.25],
    ['http_errors{ color="{color}", path="/" }', 0.25],
    ['http_errors{path="/a b} \\"x\\""}', 1],
  ])('the series %s of a Prometheus page is read', async (metric, value) => {
    expect(await read({ metric }, PAGE)).toEqual({ value });
  });

  test('several series that match are named, none is chosen', async () => {
    const failure = await read({ metric: 'http_errors' }, PAGE).catch((error) => error);
    expect(failure).toMatchObject({ type: 'InvalidConfiguration' });
    expect(failure.message).toContain('color="blue"');
    expect(failure.message).toContain('color="green"');
  });

  test('a series that is not on the page is no data', async () => {
    expect(await read({ metric: 'http_errors{color="red"}' }, PAGE)).toMatchObject({ value: null });
    expect(await read({ metric: 'http' }, PAGE)).toMatchObject({ value: null });
  });

  test('a selector with something else than label="value" is refused', async () => {
    for (const metric of ['a{b=~"c"}', 'a{b=c}', 'rate(a[5m])']) {
      await expect(read({ metric }, PAGE)).rejects.toMatchObject({ type: 'InvalidConfiguration' });
    }
  });

  test.each([404, 500, 302])('an answer of %d is a failure to measure, and its error does not quote the query', async (status) => {
    server.answer({ status, headers: { location: '/' }, body: '{"n":1}' });
    const source = await httpMetric.create(httpMetric.options.parse({ url: `${server.url}/m?key=hush`, json: 'n' }), context);
    const failure = await source.query(call, query).catch((error) => error);
    expect(failure).toMatchObject({ type: 'Unavailable', message: `GET ${server.url}/m answered ${status}` });
  });

  test('an answer that does not come is a failure to measure', async () => {
    server.answer({ body: null });
    const source = await httpMetric.create(httpMetric.options.parse({ url: server.url, json: 'n', timeout: '50ms' }), context);
    await expect(source.query(call, query)).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('within 50 ms'),
    });
  });

  test('either json or metric is needed, and not both', () => {
    expect(httpMetric.options.safeParse({ url: 'http://h' }).success).toBe(false);
    expect(httpMetric.options.safeParse({ url: 'http://h', json: 'a', metric: 'a' }).success).toBe(false);
  });
});

describe('the metrics source command', () => {
  const run = async (body: string, options: Record<string, unknown> = {}) => {
    const context = await temporaryContext();
    try {
      const command = ['/bin/sh', '-c', body, 'sh', '{color}', '{version}', '{since}'];
      return await (await commandMetric.create(commandMetric.options.parse({ command, ...options }), context)).query(call, query);
    } finally {
      await context.discard();
    }
  };

  test('the last line with something in it is the number', async () => {
    expect(await run('echo reading; echo; echo " 1.5 "; echo; echo warning >&2')).toEqual({ value: 1.5 });
  });

  test('the script is told what to measure', async () => {
    expect(
      await run('test "$COLOR $VERSION $SERVICE $SINCE" = "green v2 shop 1700000000" && test "$1 $2 $3" = "green v2 1700000000" && echo 1'),
    ).toEqual({ value: 1 });
  });

  test.each(['true', 'echo', 'echo NaN', 'echo nan'])('%s is no data', async (body) => {
    expect(await run(body)).toMatchObject({ value: null, detail: expect.any(String) });
  });

  test('a script that fails is a failure to measure, with its last lines, even when it printed a number', async () => {
    const failure = await run('echo 0; echo "cannot log in" >&2; exit 3').catch((error) => error);
    expect(failure).toMatchObject({ type: 'Unavailable' });
    expect(failure.message).toMatch(/exited with code 3.*\n {2}cannot log in$/);
  });

  test('a script that prints something else, or takes too long, is a failure to measure', async () => {
    await expect(run('echo 5%')).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('"5%"') });
    await expect(run('sleep 30', { timeout: '100ms' })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('100ms'),
    });
  });

  test('a script that does not exist is named', async () => {
    await expect(run('', { command: ['./no-such-script'] })).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('./no-such-script'),
    });
  });
});
