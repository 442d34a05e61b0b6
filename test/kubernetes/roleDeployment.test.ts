/** Whole deployments by the real command: a worker that has the published Role and nothing else, and what it is refused. */
import { afterEach, expect, test, vi } from 'vitest';
import { startDev } from '../e2e/support/dev.ts';
import { Service } from '../e2e/support/service.ts';
import { scaleAutomatically } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import { recordEndpoints } from './support/endpoints.ts';
import { imageOf, makeShop } from './support/shop.ts';
import { applyWorkerBase } from './support/workerBase.ts';

vi.setConfig({ testTimeout: 180_000 });

const cluster = useCluster();
let service: Service | undefined;
afterEach(() => service?.discard());

test('a deployment, a rollback, and the one that follows are allowed all that they ask for, and users always have pods', async () => {
  const shop = await makeShop(cluster, { replicas: { blue: 2, green: 0 }, waitFor: ['blue'], previewService: true });
  await scaleAutomatically(cluster, 'blue', 2, 4);
  const kubeconfig = await applyWorkerBase(cluster);
  const endpoints = await recordEndpoints(cluster, shop.service);
  service = await Service.create({
    file: {
      router: { type: 'kubernetes', kubeconfig, service: shop.service, previewService: shop.previewService },
      environment: {
        type: 'kubernetes',
        kubeconfig,
        deployments: shop.deployments,
        container: shop.name,
        image: imageOf(shop.name, '{version}'),
      },
      identity: undefined,
      switch: { drain: { timeout: '100ms' } },
      monitor: { duration: '1s', interval: '500ms' },
      retention: { duration: '1h' },
    },
  });
  await startDev(service);
  const planned = await service.json<{ obstacles: string[] }>('plan', '2.0');
  expect(planned.obstacles).toEqual([]);
  for (const [command, outcome] of [
    [['deploy', '2.0', '--wait'], 0],
    [['rollback'], 0],
    [['deploy', '3.0', '--wait'], 0],
  ] as const) {
    const ended = await service.cutover(...command);
    expect(ended.code, ended.stdout + ended.stderr).toBe(outcome);
  }
  endpoints.stop();
  const refused = cluster.faults.calls.filter(({ status }) => status === 403);
  expect(refused.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)).toEqual([]);
  expect(cluster.faults.callsOf('patch', 'services').length).toBeGreaterThanOrEqual(3);
  expect(endpoints.fewest()).toBeGreaterThan(0);
});
