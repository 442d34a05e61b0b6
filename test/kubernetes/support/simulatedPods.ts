/**
 * What would run in the pods, which kwok only simulates: for each color a server that says of itself what the cluster says of the
 * color's Deployment, and a front that sends every request where the Service's selector points.
 */
import { COLORS, type Color } from '../../../src/core/plan.ts';
import { startAnswering } from '../../support/answeringServer.ts';
import type { Cluster } from './cluster.ts';
import type { Shop } from './shop.ts';

export interface SimulatedPods {
  endpoints: { blue: string; green: string };
  front: string;
  close(): Promise<void>;
}

export async function startSimulatedPods(cluster: Cluster, shop: Shop): Promise<SimulatedPods> {
  const { namespace } = cluster;
  const live = async (): Promise<Color> => {
    const { spec } = await cluster.api.core.readNamespacedService({ namespace, name: shop.service });
    return spec?.selector?.[shop.selectorKey] === 'green' ? 'green' : 'blue';
  };
  const answer = async (color: Color): Promise<[number, string]> => {
    const { spec, status } = await cluster.api.apps.readNamespacedDeployment({ namespace, name: shop.deployments[color] });
    if (!status?.readyReplicas) return [503, 'no pod is ready'];
    const version = spec?.template.spec?.containers[0]?.image?.split(':').at(-1);
    return [200, JSON.stringify({ version, color })];
  };
  const servers = await Promise.all([...COLORS, null].map((color) => startAnswering(async () => answer(color ?? (await live())))));
  const [blue, green, front] = servers.map(({ url }) => url) as [string, string, string];
  return { endpoints: { blue, green }, front, close: async () => void (await Promise.all(servers.map((server) => server.close()))) };
}
