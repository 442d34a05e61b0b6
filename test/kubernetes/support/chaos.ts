/** What can happen to a shop while it is deployed to, at random but the same for the same seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Color } from '../../../src/core/plan.ts';
import type { Fault, Matcher } from './faults.ts';
import { podsOf, setReady } from './pods.ts';
import type { ShopInUse } from './shopInUse.ts';
import { concerns } from './shopRequests.ts';
import { startWriting } from './writer.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;
const PATCH: Matcher = { verb: 'patch' };
const NO_WATCH: Matcher = { verb: ['get', 'list', 'patch'] };

/** In percent of the requests. */
function faultsOf(random: () => number): [percent: number, fault: Fault][] {
  const late = 100 + Math.floor(random() * 1_500);
  return [
    [6, { ...NO_WATCH, status: 429, retryAfter: 1 }],
    [6, { ...NO_WATCH, status: 503 }],
    [3, { ...NO_WATCH, status: 502, body: '<html><body>Bad Gateway' }],
    [5, { ...NO_WATCH, drop: 'request' }],
    [5, { ...NO_WATCH, drop: 'response' }],
    [8, { ...PATCH, applyAfterMs: late, status: 504 }],
    [8, { ...PATCH, applyAfterMs: late }],
    [5, { ...NO_WATCH, delayMs: 400 }],
    [40, { verb: 'watch', cutAfterMs: 200 }],
    [20, { verb: 'watch', status: 410 }],
  ];
}

/** Answers how to end it. */
export function beginChaos(shop: ShopInUse, random: () => number): () => Promise<void> {
  const { name, cluster } = shop;
  const injections = faultsOf(random).map(([percent, fault]) =>
    cluster.faults.inject({ ...fault, when: (request) => concerns(name, request) && random() * 100 < percent, times: FOR_EVER }),
  );
  const writers = shop.objects.filter(() => random() < 0.3).map((object) => startWriting(cluster, object, 5 + Math.floor(random() * 100)));
  return async () => {
    for (const injection of injections) injection.stop();
    await Promise.all(writers.map((writer) => writer.stop()));
  };
}

/** One pod of a color is not ready for a while, from some moment on: all would leave users without any. Resolves when that is over. */
export async function fallIll({ cluster, shop }: ShopInUse, color: Color, random: () => number): Promise<void> {
  await sleep(random() * 4_000);
  const [ill] = await podsOf(cluster, shop.deployments[color]);
  if (!ill) return;
  // Who is gone meanwhile needs no care.
  await setReady(cluster, [ill], 'False').catch(() => undefined);
  await sleep(500 + random() * 1_500);
  await setReady(cluster, [ill], 'True').catch(() => undefined);
}
