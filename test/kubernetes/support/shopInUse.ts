/** A shop that people deploy to by the real command, and what is behind its Service at every moment. */
import type { StatusDocument } from '../../../src/contract.ts';
import type { Color } from '../../../src/core/plan.ts';
import type { Ended } from '../../e2e/support/cli.ts';
import { Service } from '../../e2e/support/service.ts';
import type { Cluster } from './cluster.ts';
import { type EndpointsRecord, recordEndpoints } from './endpoints.ts';
import { imageOf, makeShop, type Shop } from './shop.ts';
import { type SimulatedPods, startSimulatedPods } from './simulatedPods.ts';

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
    private readonly options: ShopInUseOptions,
  ) {}

  /** Blue is live with 1.0; deployments are carried out by the worker of `host`. */
  static async open(cluster: Cluster, host: Service, options: ShopInUseOptions = {}): Promise<ShopInUse> {
    const { name = 'shop', preview = false, replicas = 2 } = options;
    const shop = await makeShop(cluster, { name, replicas: { blue: replicas, green: 0 }, waitFor: ['blue'], previewService: preview });
    if (shop.previewService) await select(cluster, shop.previewService, 'blue');
    const [pods, service, endpoints] = await Promise.all([
      startSimulatedPods(cluster, shop),
      Service.create({ name, beside: host }),
      recordEndpoints(cluster, shop.service),
    ]);
    const opened = new ShopInUse(cluster, shop, pods, service, endpoints, options);
    await opened.writeFile();
    return opened;
  }

  get name(): string {
    return this.shop.name;
  }

  /** The service file, with these sections in the place of its own. */
  writeFile(sections: Record<string, unknown> = {}): Promise<void> {
    const { kubeconfig, namespace } = this.cluster;
    const { name, service, previewService, deployments } = this.shop;
    const { timeout = '30s', healthTimeout = '1m' } = this.options;
    const image = imageOf(name, '{version}');
    return this.service.writeFile({
      router: { type: 'kubernetes', kubeconfig, namespace, service, healthTimeout, ...(previewService && { previewService }) },
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
    const [service, blue, green] = await Promise.all([
      api.core.readNamespacedService({ namespace, name: this.shop.service }),
      read('blue'),
      read('green'),
    ]);
    return {
      selects: service.spec?.selector?.[this.shop.selectorKey],
      replicas: { blue: blue.replicas, green: green.replicas },
      rollouts: { blue: blue.rollouts, green: green.rollouts },
    };
  }

  async close(): Promise<void> {
    this.endpoints.stop();
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
