/**
 * What would run in the pods, which kwok only simulates: for each color a server that says of itself what the cluster says of the
 * color's Deployment, and a front that sends every request where the users are sent. Without an API server all goes on
 * as it was, as it does on real nodes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { COLORS, type Color } from '../../../src/core/plan.ts';
import { startAnswering } from '../../support/answeringServer.ts';
import type { Cluster } from './cluster.ts';
import type { Entry } from './entry.ts';
import type { Shop } from './shop.ts';

const TRIES = 50;
const TRY_MS = 100;

export interface SimulatedPods {
  endpoints: { blue: string; green: string };
  front: string;
  /** What this server answers waits for that; answers how to end it. */
  hold(server: Color | 'front', until: () => Promise<unknown>): () => void;
  close(): Promise<void>;
}

export async function startSimulatedPods(cluster: Cluster, shop: Shop, entry: Pick<Entry, 'selects'>): Promise<SimulatedPods> {
  const { api, namespace } = cluster;
  const live = remembered(async (): Promise<Color> => ((await entry.selects()) === 'green' ? 'green' : 'blue'));
  const answerOf = (color: Color) =>
    remembered(async (): Promise<string | null> => {
      const { spec, status } = await api.apps.readNamespacedDeployment({ namespace, name: shop.deployments[color] });
      if (!status?.readyReplicas) return null;
      const version = spec?.template.spec?.containers[0]?.image?.split(':').at(-1);
      return JSON.stringify({ version, color });
    });
  const answers = { blue: answerOf('blue'), green: answerOf('green') };
  const holds = new Map<Color | 'front', () => Promise<unknown>>();
  const serve = (server: Color | 'front') =>
    startAnswering(async () => {
      const answer = await answers[server === 'front' ? await live() : server]();
      await holds.get(server)?.();
      return answer === null ? [503, 'no pod is ready'] : [200, answer];
    });
  const servers = await Promise.all(([...COLORS, 'front'] as const).map(serve));
  const [blue, green, front] = servers.map(({ url }) => url) as [string, string, string];
  return {
    endpoints: { blue, green },
    front,
    hold: (server, until) => {
      holds.set(server, until);
      return () => holds.delete(server);
    },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

/** What was read last, where it cannot be read now. Where nothing was read yet it is waited for: pods come up after an API server. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { value: T } | null = null;
  return async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        last = { value: await read() };
        return last.value;
      } catch (error) {
        if (last !== null) return last.value;
        if (tries === TRIES) throw error;
      }
      await sleep(TRY_MS);
    }
  };
}
