import { expect } from 'vitest';
import type { ShopInUse } from './shopInUse.ts';
import type { StepCase } from './steps.ts';

/** It goes on by itself to where its case says, the cluster is as the status says, and users had pods all the time. */
export async function expectEnd(shop: ShopInUse, { ends, truth }: Pick<StepCase, 'ends' | 'truth'>): Promise<void> {
  await shop.service.untilStatus(({ phase }) => [ends.phase, 'ended', 'needs-intervention'].includes(phase));
  await shop.settled();
  const status = await shop.status();
  expect(status, JSON.stringify(status)).toMatchObject(ends);
  expect(await shop.truth()).toEqual(truth);
  expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
}
