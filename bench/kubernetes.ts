/**
 * From the start of a command to the changed selector, side by side with the script of the tutorials (kubectl get, set image,
 * rollout status, patch) on the same control plane, in one run; the way back, too, which is one kubectl patch there; and many
 * services at the same time, by one worker.
 *
 *   npm run build && npm run bench:kubernetes
 *   CUTOVER_BENCH_SERVICES=100 npm run bench:kubernetes -- -t 'at the same time'
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, test } from 'vitest';
import { startDev } from '../test/e2e/support/dev.ts';
import { Service } from '../test/e2e/support/service.ts';
import { succeeds } from '../test/e2e/support/succeeds.ts';
import { useCluster } from '../test/kubernetes/support/cluster.ts';
import { imageOf, makeShop, type Shop } from '../test/kubernetes/support/shop.ts';

const ROUNDS = 5;
const SERVICES = Number(process.env.CUTOVER_BENCH_SERVICES ?? 30);
const run = promisify(execFile);

const SCRIPT = `set -e
LIVE=$($KUBECTL get svc $SHOP -o jsonpath='{.spec.selector.color}')
if [ "$LIVE" = blue ]; then NEXT=green; else NEXT=blue; fi
$KUBECTL set image deployment/$SHOP-$NEXT $SHOP=$IMAGE
$KUBECTL rollout status deployment/$SHOP-$NEXT
$KUBECTL patch svc $SHOP -p "{\\"spec\\":{\\"selector\\":{\\"color\\":\\"$NEXT\\"}}}"`;

describe('bench', () => {
  const cluster = useCluster();
  let service: Service;
  afterEach(() => service?.discard());

  test('switch and way back', async () => {
    const figures = { script: [] as number[], patch: [] as number[], deploy: [] as number[], rollback: [] as number[] };
    await makeShop(cluster, { name: 'tutorial' });
    const shop = await makeShop(cluster, { name: 'shop' });
    service = await Service.create({ file: fileOf(shop) });
    await startDev(service);
    for (let round = 1; round <= ROUNDS; round += 1) {
      figures.script.push(await switched('tutorial', 'green', () => script('tutorial', `${round}.1`)));
      figures.patch.push(await switched('tutorial', 'blue', () => patch('tutorial')));
      figures.deploy.push(await switched('shop', 'green', () => cutover('deploy', `${round}.1`, '--wait-for', 'monitoring')));
      figures.rollback.push(await switched('shop', 'blue', () => cutover('rollback')));
      await service.untilStatus(({ phase }) => phase === 'ended');
    }
    const lines = Object.entries(figures).map(
      ([name, times]) =>
        `${name.padEnd(9)} ${median(times).toFixed(0)} ms to the changed selector (${times.map((time) => time.toFixed(0)).join(', ')})`,
    );
    console.log(lines.join('\n'));
  });

  test('many services at the same time', async () => {
    const numbers = Array.from({ length: SERVICES }, (_, index) => index + 1);
    const shops = await Promise.all(numbers.map((number) => makeShop(cluster, { name: `shop-${number}` })));
    service = await Service.create({ name: 'shop-1', file: fileOf(shops[0]!) });
    await startDev(service);
    const services = [service];
    for (const shop of shops.slice(1)) services.push(await Service.create({ name: shop.name, beside: service, file: fileOf(shop) }));
    try {
      const scripts = await allSwitched(shops, 'green', ({ name }) => script(name, '1.1'));
      const patches = await allSwitched(shops, 'blue', ({ name }) => patch(name));
      const deployments = await allSwitched(shops, 'green', (_, index) =>
        succeeds(services[index]!, 'deploy', '2.1', '--wait-for', 'monitoring'),
      );
      const rollbacks = await allSwitched(shops, 'blue', (_, index) => succeeds(services[index]!, 'rollback'));
      console.log(
        `${SERVICES} services: scripts ${scripts} ms, deployments ${deployments} ms; patches back ${patches} ms, rollbacks ${rollbacks} ms`,
      );
    } finally {
      await Promise.all(services.slice(1).map((one) => one.discard()));
    }
  });

  function fileOf({ name, service: routed, deployments }: Shop): Record<string, unknown> {
    const { namespace, adminKubeconfig: kubeconfig } = cluster;
    return {
      router: { type: 'kubernetes', kubeconfig, namespace, service: routed },
      environment: { type: 'kubernetes', kubeconfig, namespace, deployments, container: name, image: imageOf(name, '{version}') },
      identity: undefined,
      switch: { drain: { timeout: '0s' } },
      monitor: { duration: '1h', interval: '1m' },
    };
  }

  /** How long until each Service selects a color, ms; resolves when all work has ended, too. */
  async function allSwitched(shops: Shop[], color: string, work: (shop: Shop, index: number) => Promise<unknown>): Promise<string> {
    const begun = performance.now();
    const working = Promise.all(shops.map(work));
    const waiting = new Set(shops.map(({ name }) => name));
    while (waiting.size > 0) {
      const { items } = await cluster.api.core.listNamespacedService({ namespace: cluster.namespace });
      for (const { metadata, spec } of items) if (spec?.selector?.color === color) waiting.delete(metadata!.name!);
      await Promise.race([sleep(50), working.then(() => sleep(50))]);
    }
    const took = performance.now() - begun;
    await working;
    return `${took.toFixed(0)} (${(performance.now() - begun).toFixed(0)} with the commands' ends)`;
  }

  /** How long from now until the Service selects a color, while `work` goes on. */
  async function switched(name: string, color: string, work: () => Promise<unknown>): Promise<number> {
    const begun = performance.now();
    const working = work();
    for (;;) {
      const { spec } = await cluster.api.core.readNamespacedService({ namespace: cluster.namespace, name });
      if (spec?.selector?.color === color) break;
      await sleep(5);
    }
    const took = performance.now() - begun;
    await working;
    return took;
  }

  const patch = (name: string) => kubectl('patch', 'svc', name, '-p', '{"spec":{"selector":{"color":"blue"}}}');
  const kubectl = (...args: string[]) => run(cluster.kubectlPath, ['--kubeconfig', cluster.adminKubeconfig, ...args]);

  function script(SHOP: string, version: string) {
    const KUBECTL = `${cluster.kubectlPath} --kubeconfig ${cluster.adminKubeconfig}`;
    return run('bash', ['-c', SCRIPT], { env: { ...process.env, KUBECTL, SHOP, IMAGE: imageOf(SHOP, version) } });
  }

  const cutover = (...args: string[]) => succeeds(service, ...args);
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
