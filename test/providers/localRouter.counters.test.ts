import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LATENCY_BOUNDS, quantileMs } from '../../src/providers/routers/local/counts.ts';
import { Exchange } from '../../src/providers/routers/local/exchange.ts';
import { get, keepAliveAgent } from './localRouter/client.ts';
import { eventually, type Fixture, startFixture } from './localRouter/fixture.ts';
import { startUpstream } from './localRouter/upstream.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const visit = (path: string) => get(`${fixture.router.address}${path}`);

describe('with nothing live the local router', () => {
  it('answers 503, says so, and blames no color', async () => {
    expect(await visit('/')).toMatchObject({ status: 503, body: 'cutover: no version of "shop" is live\n' });
    const { blue, green } = await fixture.counters();
    expect([blue.requests, blue.errors, green.requests, green.errors]).toEqual([0, 0, 0, 0]);
  });

  it('refuses a WebSocket the same way', async () => {
    const socket = new WebSocket(`${fixture.router.address.replace('http', 'ws')}/ws`);
    const message = await new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message)));
    expect(message).toContain('503');
  });
});

describe('the local router counts', () => {
  beforeEach(() => fixture.switchTo('blue'));

  it('every answer of a color, and which were 5xx', async () => {
    for (const path of ['/', '/', '/no-such-page', '/broken']) await visit(path);
    const { blue, green } = await fixture.counters();
    expect(blue).toMatchObject({ requests: 4, errors: 1 });
    expect(blue.buckets.at(-1)).toBe(4);
    expect(green.requests).toBe(0);
  });

  it('no confirmation of our own: a window without users is not one that has seen some', async () => {
    await get(`${fixture.router.address}/broken`, { headers: { 'x-cutover-probe': 'confirm' } });
    await visit('/');
    expect((await fixture.counters()).blue).toMatchObject({ requests: 1, errors: 0, open: 0 });
  });

  it('a color that refuses connections as 502, and goes on when it is back', async () => {
    const agent = keepAliveAgent();
    const port = Number(new URL(fixture.blue.url).port);
    await fixture.blue.close();
    const refused = await get(`${fixture.router.address}/digest`, { method: 'POST', agent }, Buffer.alloc(1_000_000));
    expect(refused).toMatchObject({ status: 502, body: 'cutover: the live version did not answer\n' });
    const socket = new WebSocket(`${fixture.router.address.replace('http', 'ws')}/ws`);
    expect(await new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message)))).toContain('502');
    expect((await fixture.counters()).blue).toMatchObject({ requests: 2, errors: 2 });
    const again = await startUpstream('blue again', port);
    const answer = await get(`${fixture.router.address}/`, { agent });
    expect(answer.body).toBe('blue again');
    expect(answer.localPort).toBe(refused.localPort);
    agent.destroy();
    await again.close();
  });

  it('a connection that ends without an answer as 502', async () => {
    expect((await visit('/refuses')).status).toBe(502);
    expect((await fixture.counters()).blue).toMatchObject({ requests: 1, errors: 1, open: 0 });
  });

  it('an answer that breaks off in the middle as 5xx, and lets the user see that it did', async () => {
    await expect(visit('/dies')).rejects.toThrow('aborted');
    expect((await fixture.counted(({ blue }) => blue.open === 0)).blue).toMatchObject({ requests: 1, errors: 1 });
  });

  it('a user who leaves as no error, and tells the color', async () => {
    const req = request(`${fixture.router.address}/hang`, { agent: false }).end();
    req.once('error', () => {});
    await fixture.counted(({ blue }) => blue.open === 1);
    req.destroy();
    await eventually(
      async () => fixture.blue.aborted,
      (paths) => paths.includes('/hang'),
    );
    expect((await fixture.counted(({ blue }) => blue.open === 0)).blue).toMatchObject({ requests: 0, errors: 0 });
  });

  it('a user who leaves in the middle of a stream as one good answer', async () => {
    const req = request(`${fixture.router.address}/stream`, { agent: false }).end();
    await new Promise((resolve) => req.once('response', resolve));
    req.once('error', () => {});
    req.destroy();
    await eventually(
      async () => fixture.blue.aborted,
      (paths) => paths.includes('/stream'),
    );
    expect((await fixture.counted(({ blue }) => blue.open === 0)).blue).toMatchObject({ requests: 1, errors: 0 });
  });

  it('in Prometheus text, for everybody on this machine', async () => {
    await visit('/broken');
    const metrics = await get(`${fixture.router.metricsAddress}/metrics`);
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.body).toContain('cutover_router_requests_total{color="blue"} 1');
    expect(metrics.body).toContain('cutover_router_errors_total{color="blue"} 1');
    expect(metrics.body).toContain('cutover_router_latency_seconds_bucket{le="60",color="blue"} 1');
    expect(metrics.body).toContain('cutover_router_open{color="green",kind="websocket"} 0');
  });

  it('and the metrics address can change nothing', async () => {
    expect((await get(`${fixture.router.metricsAddress}/routing`)).status).toBe(404);
    expect((await get(`${fixture.router.metricsAddress}/routing`, { method: 'PUT' }, '{}')).status).toBe(404);
  });
});

describe('a request that ends in an unusual order', () => {
  const counting = () => {
    const counted: string[] = [];
    const note = (what: string) => () => void counted.push(what);
    const exchange = new Exchange({ answered: note('answered'), cut: note('cut'), aborted: note('aborted'), closed: note('closed') });
    return { counted, exchange };
  };

  it('is no error of the color when the user left first', () => {
    const { counted, exchange } = counting();
    exchange.answered(200);
    exchange.closed();
    exchange.cut();
    expect(counted).toEqual(['answered', 'closed']);
  });

  it('is one error only, whatever else breaks', () => {
    const { counted, exchange } = counting();
    exchange.answered(502);
    exchange.cut();
    exchange.answered(502);
    exchange.closed();
    exchange.closed();
    expect(counted).toEqual(['answered', 'closed']);
  });
});

describe('latency quantiles', () => {
  const bucketsOf = (seconds: number[]) => [...LATENCY_BOUNDS.map((bound) => seconds.filter((s) => s <= bound).length), seconds.length];

  it('are right to within a bucket, from 1 ms to 60 s', () => {
    const seconds = Array.from({ length: 1_000 }, (_, n) => (n + 1) / 1_000);
    for (const [quantile, ms] of [
      [0.5, 500],
      [0.95, 950],
      [0.99, 990],
    ] as const) {
      const found = quantileMs(bucketsOf(seconds), quantile)!;
      expect(found / ms).toBeGreaterThan(1 / 1.6);
      expect(found / ms).toBeLessThan(1.6);
    }
  });

  it('say the last bound for what is slower, and null for nothing', () => {
    expect(quantileMs(bucketsOf([90, 120]), 0.5)).toBe(60_000);
    expect(quantileMs(bucketsOf([]), 0.5)).toBeNull();
    expect(quantileMs([], 0.5)).toBeNull();
  });
});
