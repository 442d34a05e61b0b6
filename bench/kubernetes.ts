/**
 * From the start of a command to the changed selector, side by side with the script of the tutorials (kubectl get, set image,
 * rollout status, patch) on the same control plane, in one run; the way back, too, which is one kubectl patch there.
 *
 *   npm run build && npm run bench:kubernetes
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { startDev } from '../test/e2e/support/dev.ts';
import { Service } from '../test/e2e/support/service.ts';
import { useCluster } from '../test/kubernetes/support/cluster.ts';
import { imageOf, makeShop } from '../test/kubernetes/support/shop.ts';

const ROUNDS = 5;
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
    const { namespace, adminKubeconfig: kubeconfig } = cluster;
    service = await Service.create({
      file: {
        router: { type: 'kubernetes', kubeconfig, namespace, service: 'shop' },
        environment: {
          type: 'kubernetes',
          kubeconfig,
          namespace,
          deployments: shop.deployments,
          container: 'shop',
          image: imageOf('shop', '{version}'),
        },
        identity: undefined,
        switch: { drain: { timeout: '0s' } },
        monitor: { duration: '1h', interval: '1m' },
      },
    });
    await startDev(service);
    for (let round = 1; round <= ROUNDS; round += 1) {
      figures.script.push(await switched('tutorial', 'green', () => script(round)));
      figures.patch.push(
        await switched('tutorial', 'blue', () => kubectl('patch', 'svc', 'tutorial', '-p', '{"spec":{"selector":{"color":"blue"}}}')),
      );
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

  const kubectl = (...args: string[]) => run(cluster.kubectlPath, ['--kubeconfig', cluster.adminKubeconfig, ...args]);

  function script(round: number) {
    const KUBECTL = `${cluster.kubectlPath} --kubeconfig ${cluster.adminKubeconfig}`;
    return run('bash', ['-c', SCRIPT], { env: { ...process.env, KUBECTL, SHOP: 'tutorial', IMAGE: imageOf('tutorial', `${round}.1`) } });
  }

  async function cutover(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await service.cutover(...args);
    expect(code, stdout + stderr).toBe(0);
  }
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
