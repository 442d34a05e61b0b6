/** A shop that people deploy to by the real command, and what is behind its Service at every moment. */
import type { StatusDocument } from '../../../src/contract.ts';
import type { Color } from '../../../src/core/plan.ts';
import type { Ended } from '../../e2e/support/cli.ts';
import { Service } from '../../e2e/support/service.ts';
import type { Cluster } from './cluster.ts';
import type { EndpointsRecord } from './endpoints.ts';
import { type Entry, type EntryKind, entryOf } from './entry.ts';
import { imageOf, makeShop, type Shop } from './shop.ts';
import { type SimulatedPods, startSimulatedPods } from './simulatedPods.ts';
import type { Written } from './writer.ts';

export interface ShopInUseOptions {
  /** `shop` where it is not said. */
  name?: string;
  /** Sections of the service file, in the place of the usual ones. */
  file?: Record<string, unknown>;
  /** Has a Service for testers, which nobody has pointed at the idle color so far. */
  preview?: boolean;
  /** How long the pods may take; 30s where it is not said. */
  timeout?: string;
  /** How long the router waits for pods that are not ready; 1m where it is not said. */
  healthTimeout?: string;
  /** `service` where it is not said. */
  entry?: EntryKind;
  /** Of the live color, blue; 2 where it is not said. */
  replicas?: number;
}

/** What the cluster says. */
export interface Truth {
  selects: string | undefined;
  replicas: Record<Color, number | undefined>;
  /** How many templates each Deployment has had: one more for each rollout. */
  rollouts: Record<Color, number>;
}

const FILE = {
  smokeTests: [{ name: 'up', path: '/', timeout: '1m' }],
  monitor: { duration: '1s', interval: '1s' },
  retention: { duration: '1h' },
};

export class ShopInUse {
  private constructor(
    readonly cluster: Cluster,
    readonly shop: Shop,
    readonly pods: SimulatedPods,
    readonly service: Service,
    readonly endpoints: EndpointsRecord,
    private readonly entry: Entry,
    private readonly options: ShopInUseOptions,
  ) {}

  /** Blue is live with 1.0; deployments are carried out by the worker of `host`. */
  static async open(cluster: Cluster, host: Service, options: ShopInUseOptions = {}): Promise<ShopInUse> {
    const { name = 'shop', preview = false, replicas = 2 } = options;
    const shop = await makeShop(cluster, { name, replicas: { blue: replicas, green: 0 }, waitFor: ['blue'], previewService: preview });
    if (shop.previewService) await select(cluster, shop.previewService, 'blue');
    const entry = await entryOf(options.entry ?? 'service', cluster, shop);
    const [pods, service, endpoints] = await Promise.all([
      startSimulatedPods(cluster, shop, entry),
      Service.create({ name, beside: host }),
      entry.record(),
    ]);
    const opened = new ShopInUse(cluster, shop, pods, service, endpoints, entry, options);
    await opened.writeFile();
    return opened;
  }

  /** All that cutover writes to: what picks the color is the first. */
  get objects(): [Written, ...Written[]] {
    const deployment = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name });
    return [this.entry.object, ...Object.values(this.shop.deployments).map(deployment)];
  }

  get name(): string {
    return this.shop.name;
  }

  /** The service file, with these sections in the place of its own. */
  writeFile(sections: Record<string, unknown> = {}): Promise<void> {
    const { kubeconfig, namespace } = this.cluster;
    const { name, deployments } = this.shop;
    const { timeout = '30s', healthTimeout = '1m' } = this.options;
    const image = imageOf(name, '{version}');
    return this.service.writeFile({
      router: { ...this.entry.router, healthTimeout },
      environment: {
        type: 'kubernetes',
        ...{ kubeconfig, namespace, deployments, container: name, image, timeout },
      },
      endpoints: this.pods.endpoints,
      switch: { confirm: { url: this.pods.front }, drain: { timeout: '500ms' } },
      ...FILE,
      ...this.options.file,
      ...sections,
    });
  }

  cutover(...args: string[]): Promise<Ended> {
    return this.service.cutover(...args);
  }

  /** What `cutover status` prints, which has read the router for it. */
  status(): Promise<StatusDocument> {
    return this.service.json<StatusDocument>('status', this.name, '--live');
  }

  /** Nothing moves any more, but for a clock. */
  settled(): Promise<StatusDocument> {
    return this.service.untilStatus(
      ({ phase, steps }) => phase === 'ended' || phase === 'needs-intervention' || steps.at(-1)?.name === 'retain',
    );
  }

  untilStep(name: string): Promise<StatusDocument> {
    return this.service.untilStatus(({ steps }) => steps.at(-1)?.name === name && steps.at(-1)?.state === 'running');
  }

  async truth(): Promise<Truth> {
    const { api, namespace } = this.cluster;
    const read = async (color: Color) => {
      const { metadata, spec } = await api.apps.readNamespacedDeployment({ namespace, name: this.shop.deployments[color] });
      return { replicas: spec?.replicas, rollouts: Number(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0) };
    };
    const [selects, blue, green] = await Promise.all([this.entry.selects(), read('blue'), read('green')]);
    return {
      selects,
      replicas: { blue: blue.replicas, green: green.replicas },
      rollouts: { blue: blue.rollouts, green: green.rollouts },
    };
  }

  async close(): Promise<void> {
    this.endpoints.stop();
    this.entry.close();
    await this.service.discard();
    await this.pods.close();
  }
}

/** By somebody with kubectl. */
export async function select(cluster: Cluster, service: string, color: Color, by = 'kubectl-patch'): Promise<void> {
  const patch = JSON.stringify({ spec: { selector: { color } } });
  await cluster.kubectl([
    'patch',
    'service',
    service,
    '--namespace',
    cluster.namespace,
    '--field-manager',
    by,
    '--type',
    'merge',
    '-p',
    patch,
  ]);
}
