import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routerMetrics } from '../../src/providers/metrics/router.ts';
import { metricsContract, queryGreen } from '../contract/metricsContract.ts';
import { call } from '../contract/routerContract.ts';
import { get } from './localRouter/client.ts';
import { type Fixture, startFixture } from './localRouter/fixture.ts';

const sourceOf = (fixture: Fixture, metric: string) => routerMetrics.create(routerMetrics.options.parse({ metric }), fixture.context);

const visit = async (fixture: Fixture, ...paths: string[]) => {
  for (const path of paths) await get(`${fixture.router.address}${path}`);
};

metricsContract('the router source', async () => {
  const fixture = await startFixture();
  await fixture.switchTo('green');
  return {
    source: await sourceOf(fixture, 'error-rate'),
    async produce() {
      await visit(fixture, '/', '/', '/', '/broken');
      return 0.25;
    },
    silence: async () => {},
    breakDown: () => fixture.router.close(),
    close: fixture.close,
  };
});

describe('the router source', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await startFixture();
    await fixture.switchTo('green');
  });
  afterEach(() => fixture.close());

  it('counts from the last switch on, not what the color did when it was live before', async () => {
    await visit(fixture, '/broken', '/broken');
    await fixture.switchTo('blue');
    await visit(fixture, '/broken');
    await fixture.switchTo('green');
    const source = await sourceOf(fixture, 'error-rate');
    expect((await source.query(call(), queryGreen())).value).toBeNull();
    await visit(fixture, '/', '/broken');
    expect(await source.query(call(), queryGreen())).toMatchObject({ value: 0.5, detail: '1 of 2 answers were 5xx' });
  });

  it('counts from the sample before on', async () => {
    await visit(fixture, '/broken');
    const source = await sourceOf(fixture, 'error-rate');
    const first = await source.query(call(), queryGreen());
    await visit(fixture, '/', '/');
    const second = await source.query(call(), queryGreen(first.cursor ?? null));
    const third = await source.query(call(), queryGreen(second.cursor ?? null));
    expect([first.value, second.value, third.value]).toEqual([1, 0, null]);
  });

  it('goes on after a restart of the router with what the new one has counted', async () => {
    await visit(fixture, '/', '/', '/');
    const source = await sourceOf(fixture, 'error-rate');
    const { cursor } = await source.query(call(), queryGreen());
    await fixture.restart();
    await visit(fixture, '/', '/broken');
    expect((await source.query(call(), queryGreen(cursor ?? null))).value).toBe(0.5);
    expect((await source.query(call(), queryGreen())).value).toBe(0.5);
  });

  it('reads latency in milliseconds, and the number of requests', async () => {
    await visit(fixture, '/', '/', '/');
    const { value } = await (await sourceOf(fixture, 'latency-p95')).query(call(), queryGreen());
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(60_000);
    expect((await (await sourceOf(fixture, 'requests')).query(call(), queryGreen())).value).toBe(3);
  });

  it('says nothing about latency without requests, and zero requests as zero', async () => {
    expect(await (await sourceOf(fixture, 'latency-p99')).query(call(), queryGreen())).toMatchObject({
      value: null,
      detail: 'no requests',
    });
    expect((await (await sourceOf(fixture, 'requests')).query(call(), queryGreen())).value).toBe(0);
  });
});
