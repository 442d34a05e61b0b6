/**
 * From the start of a command to the changed selector, side by side with the script of the tutorials (kubectl get, set image,
 * rollout status, patch) and with Argo Rollouts on the same control plane, in one run; the way back, too, which is one kubectl patch
 * in the tutorials; and many services at the same time, by one worker. Argo's command is run without kubectl, which would find it first.
 *
 *   npm run build && npm run bench:kubernetes
 *   CUTOVER_BENCH_SERVICES=100 npm run bench:kubernetes -- -t 'at the same time'
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { startDev } from '../test/e2e/support/dev.ts';
import { Service } from '../test/e2e/support/service.ts';
import { succeeds } from '../test/e2e/support/succeeds.ts';
import { useCluster } from '../test/kubernetes/support/cluster.ts';
import { imageOf, makeShop, type Shop } from '../test/kubernetes/support/shop.ts';
import { ArgoRollouts, HASH } from './argoRollouts.ts';

const ROUNDS = 5;
const SERVICES = Number(process.env.CUTOVER_BENCH_SERVICES ?? 30);
/** Of Argo Rollouts, once on a machine. */
const BUILD_MS = 30 * 60_000;
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
  let argo: ArgoRollouts;
  beforeEach(async () => {
    argo = await ArgoRollouts.start(cluster);
  }, BUILD_MS);
  afterEach(async () => {
    await service?.discard();
    await argo?.stop();
  });

  test('switch and way back', async () => {
    const figures: Record<string, number[]> = {};
    const time = async (figure: string, ...work: Parameters<typeof switched>) => {
      figures[figure] = [...(figures[figure] ?? []), await switched(...work)];
    };
    await makeShop(cluster, { name: 'tutorial' });
    await argo.makeShop('rollout');
    const shop = await makeShop(cluster, { name: 'shop' });
    service = await Service.create({ file: fileOf(shop) });
    await startDev(service);
    for (let round = 1; round <= ROUNDS; round += 1) {
      await time('script', 'tutorial', 'color', () => script('tutorial', `${round}.1`));
      await time('patch', 'tutorial', 'color', () => patch('tutorial'));
      await time('Argo Rollouts', 'rollout', HASH, () => argo.deploy('rollout', `${round}.1`));
      await time('Argo undo', 'rollout', HASH, () => argo.undo('rollout'));
      await time('cutover deploy', 'shop', 'color', () => cutover('deploy', `${round}.1`, '--wait-for', 'monitoring'));
      await time('cutover rollback', 'shop', 'color', () => cutover('rollback'));
      await service.untilStatus(({ phase }) => phase === 'ended');
    }
    const lines = Object.entries(figures).map(
      ([name, times]) =>
        `${name.padEnd(16)} ${median(times).toFixed(0)} ms to the changed selector (${times.map((time) => time.toFixed(0)).join(', ')})`,
    );
    console.log(lines.join('\n'));
  });

  test('many services at the same time', async () => {
    const numbers = Array.from({ length: SERVICES }, (_, index) => index + 1);
    const shops = await Promise.all(numbers.map((number) => makeShop(cluster, { name: `shop-${number}` })));
    const names = shops.map(({ name }) => name);
    const rolloutNames = numbers.map((number) => `rollout-${number}`);
    await Promise.all(rolloutNames.map((name) => argo.makeShop(name)));
    service = await Service.create({ name: 'shop-1', file: fileOf(shops[0]!) });
    await startDev(service);
    const services = [service];
    for (const shop of shops.slice(1)) services.push(await Service.create({ name: shop.name, beside: service, file: fileOf(shop) }));
    try {
      const scripts = await allSwitched(names, 'color', (name) => script(name, '1.1'));
      const patches = await allSwitched(names, 'color', (name) => patch(name));
      const rollouts = await allSwitched(rolloutNames, HASH, (name) => argo.deploy(name, '1.1'));
      const undone = await allSwitched(rolloutNames, HASH, (name) => argo.undo(name));
      const deployments = await allSwitched(names, 'color', (_, index) =>
        succeeds(services[index]!, 'deploy', '2.1', '--wait-for', 'monitoring'),
      );
      const rollbacks = await allSwitched(names, 'color', (_, index) => succeeds(services[index]!, 'rollback'));
      console.log(
        [
          `${SERVICES} services at the same time, until all selectors have changed`,
          `there: scripts ${scripts}, Argo Rollouts ${rollouts}, cutover deploy ${deployments}`,
          `back:  patches ${patches}, Argo undo ${undone}, cutover rollback ${rollbacks}`,
        ].join('\n'),
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

  /** How long until the selector of each Service has another value for `key`; resolves when all work has ended, too. */
  async function allSwitched(names: string[], key: string, work: (name: string, index: number) => Promise<unknown>): Promise<string> {
    const selected = async () => {
      const { items } = await cluster.api.core.listNamespacedService({ namespace: cluster.namespace });
      return new Map(items.map(({ metadata, spec }) => [metadata!.name!, spec?.selector?.[key]]));
    };
    const before = await selected();
    const begun = performance.now();
    const working = Promise.all(names.map(work));
    for (;;) {
      const now = await selected();
      if (names.every((name) => now.get(name) !== before.get(name))) break;
      await Promise.race([sleep(50), working.then(() => sleep(50))]);
    }
    const took = performance.now() - begun;
    await working;
    return `${took.toFixed(0)} ms (${(performance.now() - begun).toFixed(0)} ms with the commands' ends)`;
  }

  /** How long from now until the selector of the Service has another value for `key`, while `work` goes on. */
  async function switched(name: string, key: string, work: () => Promise<unknown>): Promise<number> {
    const selected = async () => {
      const { spec } = await cluster.api.core.readNamespacedService({ namespace: cluster.namespace, name });
      return spec?.selector?.[key];
    };
    const before = await selected();
    const begun = performance.now();
    const working = work();
    while ((await selected()) === before) await sleep(5);
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
