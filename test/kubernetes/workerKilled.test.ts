/** Whole deployments by the real command while the worker is killed with a request to the API server under way. */
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { kill } from '../e2e/support/service.ts';
import { useCluster } from './support/cluster.ts';
import { expectEnd } from './support/ending.ts';
import { useHost } from './support/host.ts';
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
  const host = useHost();
  let parked: Parked;

  beforeAll(async () => {
    parked = await park(cluster, host.service, CASES);
    kill(host.dev.document.worker.pid);
    await host.dev.command.says(/the worker ended \(SIGKILL\)/);
    // What it had sent is carried out all the same.
    parked.release('there');
  });
  afterAll(() => parked?.close());

  test.each(CASES.map((one) => [one.step, one] as const))(
    'in the middle of %s: nothing is done twice, and users have pods all the time',
    (step, one) => expectEnd(parked.of(step), one),
  );
});
