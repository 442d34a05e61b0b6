/** The set-up of every blue-green tutorial: two Deployments, and a Service whose selector picks the color. */
import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import type { Color } from '../../../src/core/plan.ts';
import type { Cluster } from './cluster.ts';
import { untilEndpoints } from './endpoints.ts';
import { untilReady } from './rollout.ts';

export interface ShopOptions {
  /** `shop` where it is not said; its Deployments are NAME-blue and NAME-green. */
  name?: string;
  /** Of each color; 2 where it is not said. */
  replicas?: number | Record<Color, number>;
  /** The color that the Service selects; blue where it is not said. */
  live?: Color;
  /** `color` where it is not said. */
  selectorKey?: string;
  /** The tags of the images; 1.0 where they are not said. */
  versions?: Partial<Record<Color, string>>;
  /** Every container has one where it is not said. */
  readinessProbe?: boolean;
  /** What each pod asks for. More than 64 fits on no node: Unschedulable. */
  cpu?: Partial<Record<Color, string>>;
  /** A second Service, NAME-preview, which selects the idle color. */
  previewService?: boolean;
  /** Whose pods are waited for; both where it is not said. */
  waitFor?: Color[];
}

export interface Shop {
  name: string;
  /** The Service. */
  service: string;
  previewService: string | null;
  deployments: Record<Color, string>;
  selectorKey: string;
  live: Color;
}

/** Makes it, and waits until its pods are ready and the Service's EndpointSlices name those of the live color. */
export async function makeShop(cluster: Cluster, options: ShopOptions = {}): Promise<Shop> {
  const { name = 'shop', selectorKey = 'color', live = 'blue', waitFor = ['blue', 'green'] } = options;
  const idle = live === 'blue' ? 'green' : 'blue';
  const deployments = { blue: `${name}-blue`, green: `${name}-green` };
  await cluster.create(deploymentOf('blue', options), deploymentOf('green', options), serviceOf(name, live, options));
  const previewService = options.previewService ? `${name}-preview` : null;
  if (previewService) await cluster.create(serviceOf(previewService, idle, options));
  for (const color of waitFor) await untilReady(cluster, deployments[color]);
  if (waitFor.includes(live)) await untilEndpoints(cluster, name, { [live]: replicasOf(options, live) });
  return { name, service: name, previewService, deployments, selectorKey, live };
}

/** For a test that wants it otherwise. */
export function deploymentOf(color: Color, options: ShopOptions = {}): V1Deployment {
  const { name = 'shop', selectorKey = 'color', versions, cpu, readinessProbe = true } = options;
  const labels = { app: name, [selectorKey]: color };
  const requested = cpu?.[color];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-${color}`, labels },
    spec: {
      replicas: replicasOf(options, color),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name,
              image: imageOf(name, versions?.[color] ?? '1.0'),
              ports: [{ containerPort: 8080 }],
              ...(readinessProbe && { readinessProbe: { httpGet: { path: '/healthz', port: 8080 } } }),
              ...(requested && { resources: { requests: { cpu: requested } } }),
            },
          ],
        },
      },
    },
  };
}

/** What the service file's `image` says: registry.example/shop:{version} */
export const imageOf = (name: string, version: string): string => `registry.example/${name}:${version}`;

/** For a test that wants it otherwise. */
export function serviceOf(service: string, color: Color, { name = 'shop', selectorKey = 'color' }: ShopOptions = {}): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, labels: { app: name } },
    spec: { selector: { app: name, [selectorKey]: color }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function replicasOf({ replicas = 2 }: ShopOptions, color: Color): number {
  return typeof replicas === 'number' ? replicas : replicas[color];
}
