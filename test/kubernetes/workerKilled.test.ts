/** Whole deployments by the real command while the worker is killed with a request to the API server under way. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDev } from '../e2e/support/dev.ts';
import { kill, Service } from '../e2e/support/service.ts';
import { useCluster } from './support/cluster.ts';
import { type Parked, park } from './support/parked.ts';
import { stepsNamed } from './support/steps.ts';

/** Those that write, where twice would be too often and half would be too little; and those that only a clock ends. */
const CASES = stepsNamed(
  ...['attach', 'deploy', 'deploy-done', 'ready-asked', 'switch', 'switch-done', 'spread', 'scale-down', 'remove-old'],
  ...['switch-back', 'switch-back-done', 'remove-new', 'scale-up', 'monitor', 'retain', 'pods-come-up'],
);

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

describe('a worker that is killed with SIGKILL', () => {
  const cluster = useCluster({ namespaceFor: 'all' });
  let host: Service;
  let parked: Parked;

  beforeAll(async () => {
    host = await Service.create({ name: 'host' });
    const dev = await startDev(host);
    parked = await park(cluster, host, CASES);
    kill(dev.document.worker.pid);
    await dev.command.says(/the worker ended \(SIGKILL\)/);
    // What it had sent is carried out all the same.
    parked.release('there');
  });
  afterAll(async () => {
    await parked?.close();
    await host?.discard();
  });

  test.each(CASES.map((one) => [one.step, one] as const))(
    'in the middle of %s: nothing is done twice, and users have pods all the time',
    async (step, { ends, truth }) => {
      const shop = parked.of(step);
      await shop.service.untilStatus(({ phase }) => [ends.phase, 'ended', 'needs-intervention'].includes(phase));
      await shop.settled();
      const status = await shop.status();
      expect(status, JSON.stringify(status)).toMatchObject(ends);
      expect(await shop.truth()).toEqual(truth);
      expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
    },
  );
});
