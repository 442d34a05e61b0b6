/** Whole deployments by the real command while the API server refuses, loses and cuts, and while others write to the same objects. */
import { describe, expect, test, vi } from 'vitest';
import { succeeds } from '../e2e/support/succeeds.ts';
import { useCluster } from './support/cluster.ts';
import type { EntryKind } from './support/entry.ts';
import type { Fault, Matcher } from './support/faults.ts';
import { useHost } from './support/host.ts';
import { slowVersion } from './support/pods.ts';
import type { KubernetesRequest } from './support/request.ts';
import { ShopInUse, type Truth } from './support/shopInUse.ts';
import { concerns, labelsIn } from './support/shopRequests.ts';
import { startWriting, WRITES } from './support/writer.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Case {
  name: string;
  says: string;
  /** Begins it for a shop; answers how to end it. */
  trouble(shop: ShopInUse): () => unknown;
}

const FOR_EVER = Number.POSITIVE_INFINITY;
const WATCHES = { verb: 'watch', resource: 'deployments' } as const;

const CASES: Case[] = [
  { name: 'throttled', says: 'answers 429 once, with a second to wait, to', trouble: atFirst(1, { status: 429, retryAfter: 1 }) },
  { name: 'unavailable', says: 'answers 503 three times in a row to', trouble: atFirst(3, { status: 503 }) },
  { name: 'cut', says: 'closes the connection twice before it has read', trouble: atFirst(2, { drop: 'request' }) },
  { name: 'lost', says: 'closes the connection once before it has answered', trouble: atFirst(1, { drop: 'response' }) },
  { name: 'late', says: 'says 504 once, and carries out later all the same,', trouble: atFirst(1, { status: 504, applyAfterMs: 700 }) },
];

const WATCHED: Case[] = [
  { name: 'watches', says: 'cuts every watch soon', trouble: always({ ...WATCHES, cutAfterMs: 150 }) },
  { name: 'expired', says: 'refuses every watch as too old', trouble: always({ ...WATCHES, status: 410 }) },
];

const ENTRIES: EntryKind[] = ['service', 'gateway'];

const named = (cases: Case[]): [string, Case][] => cases.map((one) => [one.says, one]);

const deployed: Truth = { selects: 'green', replicas: { blue: 1, green: 2 }, rollouts: { blue: 1, green: 2 } };
const back: Truth = { selects: 'blue', replicas: { blue: 2, green: 0 }, rollouts: { blue: 1, green: 2 } };

describe('an API server that', () => {
  const cluster = useCluster({ namespaceFor: 'all' });
  const host = useHost();

  const using = async (name: string, entry: EntryKind, use: (shop: ShopInUse) => Promise<void>): Promise<void> => {
    const shop = await ShopInUse.open(cluster, host.service, { name: `${entry}-${name}`, entry, preview: entry === 'service' });
    try {
      await use(shop);
      expect(shop.endpoints.fewest()).toBeGreaterThanOrEqual(1);
    } finally {
      await shop.close();
    }
  };

  const ways = ENTRIES.flatMap((entry) => CASES.map((one): [string, EntryKind, Case] => [one.says, entry, one]));
  test.concurrent.each(ways)(
    '%s each of the requests that there are: nothing is done twice, there and back (%s)',
    async (_, entry, one) => {
      await using(one.name, entry, async (shop) => {
        const end = one.trouble(shop);
        await succeeds(shop, 'deploy', '2.0', '--wait');
        expect(await shop.settled()).toMatchObject({ outcome: 'succeeded', liveColor: 'green' });
        expect(await shop.truth()).toEqual(deployed);
        end();
        const endBack = one.trouble(shop);
        await succeeds(shop, 'rollback');
        expect(await shop.settled()).toMatchObject({ outcome: 'rolled-back', phase: 'ended', liveColor: 'blue' });
        endBack();
        expect(await shop.truth()).toEqual(back);
      });
    },
  );

  test.concurrent.each(named(WATCHED))('%s: pods that take seconds are waited for all the same', async (_, one) => {
    await using(one.name, 'service', async (shop) => {
      const end = one.trouble(shop);
      await succeeds(shop, 'deploy', slowVersion(2_500), '--wait');
      end();
      await shop.settled();
      expect(await shop.truth()).toEqual(deployed);
    });
  });

  test.concurrent.each(ENTRIES)(
    'takes what other controllers write to all that we write to: all get what they want (%s)',
    async (entry) => {
      await using('written', entry, async (shop) => {
        const writers = shop.objects.map((object, at) => startWriting(cluster, object, at === 0 ? 2 : 20));
        await succeeds(shop, 'deploy', '2.0', '--wait');
        await shop.settled();
        expect(await shop.truth()).toEqual(deployed);
        await succeeds(shop, 'rollback');
        await shop.settled();
        const writes = await Promise.all(writers.map((writer) => writer.stop()));
        expect(await shop.truth()).toEqual(back);
        for (const [at, { apiVersion, kind, name }] of shop.objects.entries()) {
          const { metadata } = await cluster.api.objects.read({ apiVersion, kind, metadata: { name, namespace: cluster.namespace } });
          expect(metadata?.annotations).toMatchObject({ [WRITES]: String(writes[at]) });
          expect(metadata?.labels).toMatchObject({ [WRITES]: String(writes[at]) });
        }
      });
    },
  );
});

/** The first so many of each kind of request meet it, in whatever step that is. */
function atFirst(times: number, fault: Omit<Fault, keyof Matcher>): Case['trouble'] {
  return ({ name, cluster: { faults } }) => {
    const met = new Map<string, number>();
    const when = (request: KubernetesRequest): boolean => {
      const { verb, resource, name: object, body } = request;
      if (verb === 'watch' || !concerns(name, request)) return false;
      // Of writes each, so that a later step meets it, too.
      const kind = [verb, resource, object, labelsIn(request), verb === 'patch' ? withoutVersion(body) : ''].join(' ');
      const count = (met.get(kind) ?? 0) + 1;
      met.set(kind, count);
      return count <= times;
    };
    return faults.inject({ ...fault, when, times: FOR_EVER }).stop;
  };
}

function always(fault: Fault): Case['trouble'] {
  return ({ name, cluster: { faults } }) => faults.inject({ ...fault, name: `${name}-green`, times: FOR_EVER }).stop;
}

const withoutVersion = (body: Buffer): string => body.toString('utf8').replace(/"resourceVersion":"\d+"/, '');
