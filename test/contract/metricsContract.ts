import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/plan.ts';
import type { MetricQuery, MetricSource } from '../../src/providers/types.ts';
import { call } from './routerContract.ts';

/** A source, and ways to make the system behind it say something of the color green. */
export interface SourceUnderTest {
  source: MetricSource;
  /** Makes the next reading have data; answers with the value that is to be read. */
  produce(): Promise<number>;
  /** Makes the next reading have none. */
  silence(): Promise<void>;
  /** Makes the system unreachable. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

export const queryGreen = (cursor: Json | null = null): MetricQuery => ({
  color: 'green',
  version: 'v2',
  since: Date.now() - 1_000,
  cursor,
});

/** What every metrics source has to keep to. `setup` runs before each test. */
export const metricsContract = (name: string, setup: () => Promise<SourceUnderTest>): void => {
  describe(`${name} keeps the contract of a metrics source`, () => {
    let tested: SourceUnderTest;
    beforeEach(async () => {
      tested = await setup();
    });
    afterEach(() => tested?.close());

    it('data is read as a number', async () => {
      const expected = await tested.produce();
      expect((await tested.source.query(call(), queryGreen())).value).toBeCloseTo(expected, 6);
    });

    it('no data is null and says why, never zero or NaN', async () => {
      await tested.silence();
      const { value, detail } = await tested.source.query(call(), queryGreen());
      expect(value).toBeNull();
      expect(detail).toBeTruthy();
    });

    it('a reading is plain JSON, and so small that a history can hold many', async () => {
      await tested.produce();
      const reading = await tested.source.query(call(), queryGreen());
      expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
      expect(JSON.stringify(reading).length).toBeLessThan(2_000);
    });

    it('the cursor of a reading continues it', async () => {
      await tested.produce();
      const first = await tested.source.query(call(), queryGreen());
      const expected = await tested.produce();
      const second = await tested.source.query(call(), queryGreen(first.cursor ?? null));
      expect(second.value).toBeCloseTo(expected, 6);
    });

    it('a system that cannot be reached is a failure that may pass, no value', async () => {
      await tested.breakDown();
      await expect(tested.source.query(call(), queryGreen())).rejects.toMatchObject({ type: 'Unavailable' });
    });
  });
};
