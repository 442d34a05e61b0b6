/**
 * Deployments on a cluster whose API server fails at random in every way, whose pods fall ill, and whose worker is killed: whatever
 * is thrown at them, the selector and the replicas are as the status says, and there is no moment without pods for users.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { otherColor } from '../../src/core/plan.ts';
import { seededRandom } from '../e2e/support/random.ts';
import { kill } from '../e2e/support/service.ts';
import { beginChaos, fallIll } from './support/chaos.ts';
import { useCluster } from './support/cluster.ts';
import { useHost } from './support/host.ts';
import { slowVersion, troubledVersion } from './support/pods.ts';
import { ShopInUse } from './support/shopInUse.ts';

/** `CUTOVER_CHAOS_RUNS=100` for a long look; each is a shop with two deployments, and maybe ways back. */
const RUNS = Number(process.env.CUTOVER_CHAOS_RUNS ?? 4);
const FIRST_SEED = Number(process.env.CUTOVER_CHAOS_SEED ?? Date.now() % 1_000_000);
const SEEDS = Array.from({ length: RUNS }, (_, n) => FIRST_SEED + n);
const DEPLOYMENTS = 2;

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000, maxConcurrency: 4 });

describe('on a cluster that fails at random', () => {
  const cluster = useCluster({ namespaceFor: 'all' });
  const host = useHost();

  test.concurrent.each(SEEDS)('users have pods all the time, and are where the status says (CUTOVER_CHAOS_SEED=%i)', async (seed) => {
    const random = seededRandom(seed);
    const entry = random() < 0.35 ? 'gateway' : 'service';
    const shop = await ShopInUse.open(cluster, host.service, {
      name: `shop-${seed}`,
      entry,
      preview: entry === 'service' && random() < 0.5,
      timeout: '5s',
      healthTimeout: '10s',
    });
    const told: string[] = [];
    try {
      for (let n = 1; n <= DEPLOYMENTS; n += 1) {
        const endChaos = beginChaos(shop, random);
        const others = [
          random() < 0.3 ? killWorker(random) : null,
          random() < 0.4 ? fallIll(shop, random() < 0.5 ? 'blue' : 'green', random) : null,
        ];
        told.push(await oneRun(shop, n, random));
        await Promise.all(others);
        const status = await settled(shop);
        await endChaos();
        await cluster.faults.lateApplied();
        told.push(`${status.outcome} (${status.reason})`);
        await expectTruth(shop, status, told);
      }
      if (RUNS > 5) console.log(seed, told.join(', '));
    } finally {
      await shop.close();
    }
  });

  /** A deployment, and maybe a way back: while it is watched, or while the old color is retained. Answers what was done. */
  async function oneRun(shop: ShopInUse, n: number, random: () => number): Promise<string> {
    const fate = random();
    const way =
      fate < 0.3 ? 'stays' : fate < 0.5 ? 'back while watched' : fate < 0.65 ? 'back at once' : fate < 0.85 ? 'back late' : 'fails';
    const isWatched = way === 'back while watched' || way === 'back at once';
    const version = way === 'fails' ? troubledVersion('crash-loop') : random() < 0.3 ? slowVersion(700) : `${n + 1}.0`;
    await shop.writeFile({ monitor: { duration: isWatched ? '1h' : '1s', interval: '500ms' } });
    const until = isWatched ? ['--wait-for', 'monitoring'] : ['--wait'];
    const codes = [await insist(shop, 'deploy', version, ...until, '--request-id', `${shop.name}-${n}`)];
    if (way.startsWith('back')) codes.push(await insist(shop, 'rollback', ...(way === 'back at once' ? ['--now'] : [])));
    return `${version} ${way}: ${codes.join(', ')}`;
  }

  /** As a careful pipeline does it: what could not be learned because the worker was away is asked again. */
  async function insist(shop: ShopInUse, ...command: string[]): Promise<number | null> {
    for (;;) {
      const { code, stderr } = await shop.cutover(...command);
      if (code !== 1) return code;
      expect(stderr).toMatch(/no worker/);
    }
  }

  async function killWorker(random: () => number): Promise<void> {
    await sleep(random() * 4_000);
    // It may be dead already: other shops kill it, too.
    await host.service.pidOf(' worker ').then(kill, () => undefined);
  }

  /** Nothing moves any more. A person who is asked takes what the router says. */
  async function settled(shop: ShopInUse): Promise<StatusDocument> {
    const status = await shop.settled();
    if (status.phase !== 'needs-intervention') return status;
    await shop.cutover('resolve', shop.name, '--adopt');
    await shop.service.untilStatus(({ phase }) => phase !== 'needs-intervention');
    return shop.settled();
  }

  async function expectTruth(shop: ShopInUse, status: StatusDocument, told: string[]): Promise<void> {
    const story = told.join('\n');
    const live = status.liveColor!;
    const { selects, replicas } = await shop.truth();
    expect(selects, story).toBe(live);
    // A person who stays with the new version may do so while the old one was being brought up anew.
    const kept = status.outcome !== 'succeeded' ? [0] : status.reason?.startsWith('adopted') ? [0, 1] : [1];
    expect(replicas[live], story).toBe(2);
    expect(kept, story).toContain(replicas[otherColor(live)]);
    expect(shop.endpoints.fewest(), story).toBeGreaterThanOrEqual(1);
  }
});
