/** A history that grows is replayed slowly and stored for long: what a deployment costs has a budget. */

import { defaultPayloadConverter } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import type { Activities } from '../../src/activities/types.ts';
import type { Plan } from '../../src/core/plan.ts';
import { errorRate, HOUR, MINUTE } from './plans.ts';
import { type RunningService, useBench } from './service.ts';
import { type World, worldWith } from './world.ts';

const { withService } = useBench();

/** v2 over v1 until v1 is gone. Asks the run for nothing meanwhile: the test server writes events for queries. */
async function deployed(monitor: Plan['monitor'], use: (shop: RunningService, history: History, world: World) => unknown): Promise<void> {
  const world = worldWith('blue', 'v1');
  // A value of its own for each sample.
  world.readings = Array.from({ length: monitor.durationMs / monitor.intervalMs }, (_, index) => index / 1_000_000);
  await withService(world, async (shop) => {
    await shop.submit(shop.plan('v2', { monitor }));
    await expect.poll(() => world.calls.filter((call) => call === 'drain blue').length, { timeout: 20_000 }).toBe(1);
    await expect.poll(async () => (await shop.handle().describe()).raw.pendingActivities ?? [], { timeout: 5_000 }).toEqual([]);
    await shop.skip('25h');
    await expect.poll(() => world.calls.includes('remove blue'), { timeout: 5_000 }).toBe(true);
    const ended = await shop.until(({ phase }) => phase === 'ended');
    expect(ended.outcome).toBe('succeeded');
    await use(shop, await shop.handle().fetchHistory(), world);
  });
}

type Sampled = Awaited<ReturnType<Activities['sample']>>;

/** The values that the results of the sample activities hold, oldest first. */
const valuesIn = ({ events }: History): (number | null)[] =>
  (events ?? [])
    .flatMap((event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [])
    .map((payload) => defaultPayloadConverter.fromPayload<Partial<Sampled> | undefined>(payload))
    .flatMap((result) => result?.samples ?? [])
    .map(({ checks }) => checks[0]!.value);

const expected = (count: number): number[] => Array.from({ length: count }, (_, index) => index / 1_000_000);

test('a default deployment takes fewer than 160 events until the old color is gone, and status shows each value', () =>
  deployed({ durationMs: 10 * MINUTE, intervalMs: MINUTE, checks: [errorRate()] }, async (shop, history) => {
    expect(history.events!.length).toBeLessThan(160);
    expect((await shop.status())?.monitor?.checks[0]?.values).toEqual(expected(10));
  }));

test('a day of checks each minute takes fewer than 600 events, and each of its 1440 values can be read', () =>
  deployed({ durationMs: 24 * HOUR, intervalMs: MINUTE, checks: [errorRate()] }, async (shop, history) => {
    expect(history.events!.length).toBeLessThan(600);
    expect(valuesIn(history)).toEqual(expected(1440));
    const check = (await shop.status())?.monitor?.checks[0];
    expect(check).toMatchObject({ samples: 1440, failures: 0 });
    expect(check?.values).toEqual(expected(1440).slice(-60));
  }));
