import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from './localRouter/fixture.ts';
import { startLoad } from './localRouter/load.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

describe('the local router under load', () => {
  it('loses no request, no stream and no WebSocket over 20 switches', async () => {
    await fixture.switchTo('blue');
    const load = startLoad(fixture.router.address);
    for (let n = 0; n < 20; n += 1) {
      await sleep(250);
      await fixture.switchTo(n % 2 === 0 ? 'green' : 'blue');
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    for (const count of Object.values(load.done)) expect(count).toBeGreaterThan(0);
    const { blue, green } = await fixture.counted((counters) => counters.blue.open + counters.green.open === 0);
    expect(blue.errors + green.errors).toBe(0);
    const { keepAlive, fresh, streams } = load.done;
    expect(blue.requests + green.requests).toBe(keepAlive + fresh + streams + 3);
    while ((await fixture.blue.connections()) + (await fixture.green.connections()) > 0) await sleep(10);
  });
});
