/** Two Deployments and a Service as every tutorial has them, and deployments to them by the real command. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDev } from '../e2e/support/dev.ts';
import { Service } from '../e2e/support/service.ts';
import { useCluster } from './support/cluster.ts';
import { entryOf } from './support/entry.ts';
import { imageOf, makeShop, type Shop } from './support/shop.ts';
import { type SimulatedPods, startSimulatedPods } from './support/simulatedPods.ts';

vi.setConfig({ testTimeout: 180_000 });

describe('on Kubernetes', () => {
  const cluster = useCluster();
  let shop: Shop;
  let pods: SimulatedPods;
  let service: Service;

  beforeEach(async () => {
    shop = await makeShop(cluster, { replicas: { blue: 2, green: 0 }, waitFor: ['blue'] });
    const entry = await entryOf('service', cluster, shop);
    pods = await startSimulatedPods(cluster, shop, entry);
    const { namespace, kubeconfig } = cluster;
    service = await Service.create({
      file: {
        router: entry.router,
        environment: {
          type: 'kubernetes',
          kubeconfig,
          namespace,
          deployments: shop.deployments,
          container: shop.name,
          image: imageOf(shop.name, '{version}'),
        },
        endpoints: pods.endpoints,
        smokeTests: [{ name: 'up', path: '/' }],
        switch: { confirm: { url: pods.front }, drain: { timeout: '1s' } },
        monitor: { duration: '2s', interval: '1s' },
        retention: { duration: '1h' },
      },
    });
    await startDev(service);
  });
  afterEach(async () => {
    await service?.discard();
    await pods?.close();
  });

  const selector = async () =>
    (await cluster.api.core.readNamespacedService({ namespace: cluster.namespace, name: shop.service })).spec?.selector;
  const replicas = async () => {
    const { namespace } = cluster;
    const of = async (name: string) => (await cluster.api.apps.readNamespacedDeployment({ namespace, name })).spec?.replicas;
    return { blue: await of(shop.deployments.blue), green: await of(shop.deployments.green) };
  };

  test('what runs needs no first deployment; a version goes live, is taken back, and comes back after the old one was scaled to none', async () => {
    const planned = await service.json<{ from: object; to: string; obstacles: string[] }>('plan', '2.0');
    expect(planned).toMatchObject({ from: { color: 'blue', version: '1.0', capacity: 2 }, to: 'green', obstacles: [] });

    const first = await service.cutover('deploy', '2.0', '--wait');
    expect(first.code, first.stdout + first.stderr).toBe(0);
    await service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
    expect(await selector()).toEqual({ app: 'shop', color: 'green' });
    expect(await replicas()).toEqual({ blue: 1, green: 2 });

    expect((await service.cutover('rollback')).code).toBe(0);
    const back = await service.untilStatus(({ phase }) => phase === 'ended');
    expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: '1.0' });
    expect(await selector()).toEqual({ app: 'shop', color: 'blue' });
    expect(await replicas()).toEqual({ blue: 2, green: 0 });

    await service.writeFile({ ...JSON.parse(await service.readFile()), retention: { duration: '100ms' } });
    expect((await service.cutover('deploy', '3.0', '--wait')).code).toBe(0);
    await service.untilStatus(({ phase }) => phase === 'ended');
    expect(await replicas()).toEqual({ blue: 0, green: 2 });
    expect((await service.cutover('rollback')).code).toBe(0);
    const again = await service.untilStatus(({ kind, phase }) => kind === 'rollback' && phase === 'ended');
    expect(again).toMatchObject({ outcome: 'succeeded', version: '1.0', liveColor: 'blue' });
    expect(await replicas()).toEqual({ blue: 2, green: 0 });
  });

  test('a rollback --now from a retention of one pod is there at once, and has all pods again before the next version comes', async () => {
    expect((await service.cutover('deploy', '2.0', '--wait')).code).toBe(0);
    await service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
    expect(await replicas()).toEqual({ blue: 1, green: 2 });

    expect((await service.cutover('rollback', '--now')).code).toBe(0);
    const back = await service.untilStatus(({ phase }) => phase === 'ended');
    expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue' });
    const steps = back.steps.map(({ name }) => name);
    expect(steps.slice(steps.indexOf('switch-back'))).toEqual(expect.arrayContaining(['make-whole', 'remove-new']));
    expect(steps).not.toContain('scale-up');
    expect(await selector()).toEqual({ app: 'shop', color: 'blue' });
    expect(await replicas()).toEqual({ blue: 2, green: 0 });

    expect((await service.cutover('deploy', '3.0', '--wait-for', 'retaining')).code).toBe(0);
    expect((await replicas()).green).toBe(2);
  });

  test('a controller that sets the selector back is found within an interval, and named', async () => {
    await service.writeFile({ ...JSON.parse(await service.readFile()), monitor: { duration: '1h', interval: '1s' } });
    expect((await service.cutover('deploy', '2.0', '--wait-for', 'monitoring')).code).toBe(0);
    await cluster.kubectl([
      'patch',
      'service',
      shop.service,
      '--field-manager',
      'argocd-controller',
      '--type',
      'merge',
      '-p',
      '{"spec":{"selector":{"color":"blue"}}}',
    ]);
    const found = await service.untilStatus(({ phase }) => phase === 'needs-intervention');
    expect(found.reason).toContain('argocd-controller');
    expect(found.liveColor).toBe('blue');
    expect((await service.cutover('resolve', 'shop', '--restore')).code).toBe(0);
    await service.untilStatus(({ phase }) => phase === 'monitoring');
    expect(await selector()).toEqual({ app: 'shop', color: 'green' });
  });
});
