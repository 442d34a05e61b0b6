/** A shop's two Deployments as an environment. */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { Color, Json } from '../../src/core/plan.ts';
import { environmentDefinition } from '../../src/providers/registry.ts';
import type { Call, Environment } from '../../src/providers/types.ts';
import type { Cluster } from './support/cluster.ts';
import { imageOf, makeShop, type Shop, type ShopOptions } from './support/shop.ts';

export interface EnvironmentSetup {
  shop?: ShopOptions;
  options?: Record<string, Json>;
  /** As the service file has the options, with {version} in them. */
  written?: Record<string, Json>;
}

export const OPTIONS = { deployments: { blue: 'shop-blue', green: 'shop-green' }, container: 'shop', image: imageOf('shop', '{version}') };

/** Of a shop that is there. */
export function environmentOf(cluster: Cluster, { options, written }: Omit<EnvironmentSetup, 'shop'> = {}): Promise<Environment> {
  const definition = environmentDefinition('kubernetes');
  const given = definition.options.parse({ ...OPTIONS, kubeconfig: cluster.kubeconfig, timeout: '30s', ...options });
  const router = { type: 'kubernetes', options: {} };
  const endpoints = { blue: null, green: null, preview: null };
  const context = { service: 'shop', folder: '/', stateDir: '/nowhere', endpoints, router };
  return definition.create(given, { ...context, ...(written && { written: { ...OPTIONS, ...written } }) });
}

/** Blue is live with two pods, green is empty, unless it is said otherwise. */
export async function makeEnvironment(cluster: Cluster, setup: EnvironmentSetup = {}): Promise<{ shop: Shop; environment: Environment }> {
  const shop = await makeShop(cluster, { replicas: { blue: 2, green: 0 }, ...setup.shop });
  return { shop, environment: await environmentOf(cluster, setup) };
}

/** A call that keeps what is said while it waits. */
export function listeningCall(): Call & { heard: string[] } {
  const heard: string[] = [];
  const heartbeat = (detail?: Json): void => {
    const { waits } = (detail ?? {}) as { waits?: string };
    if (waits !== undefined) heard.push(waits);
  };
  return { signal: new AbortController().signal, heartbeat, heard };
}

export const deploymentOf = ({ api, namespace }: Cluster, color: Color) =>
  api.apps.readNamespacedDeployment({ namespace, name: `shop-${color}` });

export const failureOf = (work: Promise<unknown>): Promise<{ type: string; message: string }> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error) => error,
  );

/** Scales a color between bounds; there are no metrics, so that it only keeps to them. */
export async function scaleAutomatically(cluster: Cluster, color: Color, minReplicas: number, maxReplicas: number): Promise<void> {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: `shop-${color}` };
  const autoscaler: V2HorizontalPodAutoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: `shop-${color}` },
    spec: { scaleTargetRef: target, minReplicas, maxReplicas },
  };
  await cluster.create(autoscaler);
}

export const autoscalerOf = ({ api, namespace }: Cluster, color: Color) =>
  api.autoscaling.readNamespacedHorizontalPodAutoscaler({ namespace, name: `shop-${color}` });
