/** A service behind a load balancer as a user has it: two target groups, v1 on blue and in use, and nothing deployed by cutover yet. */
import { fileURLToPath } from 'node:url';
import { type Action, DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StatusDocument } from '../../../src/contract.ts';
import { COLORS, type Color } from '../../../src/core/plan.ts';
import { type DataPlane, startDataPlane } from '../../../src/demo/aws/dataPlane.ts';
import { startExisting } from '../../../src/demo/aws/existing.ts';
import { forwardOf } from '../../../src/providers/aws/alb/actions.ts';
import { liveIn } from '../../../src/providers/aws/alb/routing.ts';
import { type Aws, REGION } from '../../aws/support/aws.ts';
import { type LoadBalancer, makeLoadBalancer, register, storedListener } from '../../aws/support/loadBalancers.ts';
import type { Ended } from './cli.ts';
import type { SteadyLoad } from './load.ts';
import { kill, Service } from './service.ts';
import { usersWhoStay } from './users.ts';

const PROGRAM = fileURLToPath(new URL('./streamingServer.mjs', import.meta.url));
const STAY_SECONDS = 1;
/** Longer than anybody stays: the program cuts what is open when it is stopped. */
const DRAIN = '2500ms';

export class AwsShop {
  users: Record<string, SteadyLoad> = {};

  private constructor(
    private readonly aws: Aws,
    readonly service: Service,
    readonly balancer: LoadBalancer,
    private readonly plane: DataPlane,
  ) {}

  static async open(aws: Aws, name: string, beside: Service): Promise<AwsShop> {
    const service = await Service.create({ name, beside });
    const balancer = await makeLoadBalancer(aws);
    const { listenerArn: listener, blueArn: blue, greenArn: green } = balancer;
    await register(aws, blue, [`127.0.0.1:${service.ports.blue}`]);
    await register(aws, green, [`127.0.0.1:${service.ports.green}`]);
    const { elb } = aws.clients;
    const plane = await startDataPlane({ elb, listener, targetGroups: { blue, green }, port: service.ports.front });
    const shop = new AwsShop(aws, service, balancer, plane);
    await shop.writeFile();
    await startExisting(`${service.folder}/cutover.yaml`, 'blue', 'v1');
    return shop;
  }

  /** The service file with these sections in the place of its own. */
  writeFile(sections: Record<string, unknown> = {}): Promise<void> {
    const { service, balancer } = this;
    const { blue, green } = service.ports;
    return service.writeFile({
      router: { type: 'alb', listener: balancer.listenerArn, targetGroups: { blue: balancer.blueArn, green: balancer.greenArn } },
      environment: { type: 'local', command: ['node', PROGRAM], ports: { blue, green } },
      switch: { confirm: { url: service.url }, drain: { timeout: DRAIN } },
      monitor: { duration: '500ms', interval: '500ms' },
      ...sections,
    });
  }

  /** From now on the service is in use. */
  usersArrive(): void {
    const kinds = Object.entries(usersWhoStay(STAY_SECONDS));
    this.users = Object.fromEntries(kinds.map(([kind, begin]) => [kind, begin(this.service.url)]));
  }

  /** Nobody comes any more. Resolves, when the last one has left, to what failed for anybody. */
  async usersLeave(): Promise<string[]> {
    await Promise.all(Object.values(this.users).map((load) => load.stop()));
    return Object.entries(this.users).flatMap(([kind, { failures }]) =>
      failures.map(({ at, what }) => `${new Date(at).toISOString()} ${kind}: ${what}`),
    );
  }

  /** The versions that users had to do with. */
  get seen(): Set<string> {
    return new Set(Object.values(this.users).flatMap(({ versions }) => [...versions.keys()]));
  }

  cutover(...args: string[]): Promise<Ended> {
    return this.service.cutover(...args);
  }

  status(...args: string[]): Promise<StatusDocument> {
    return this.service.json<StatusDocument>('status', this.service.name, ...args);
  }

  /** The listener's, as AWS describes them. */
  async actions(): Promise<Action[]> {
    const elb = new ElasticLoadBalancingV2Client({ region: REGION, endpoint: this.aws.url() });
    const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [this.balancer.listenerArn] }));
    elb.destroy();
    return Listeners![0]!.DefaultActions!;
  }

  /** The color that the listener sends everybody to, past every fault. */
  async live(): Promise<Color | null> {
    const { blueArn: blue, greenArn: green, listenerArn } = this.balancer;
    const { DefaultActions = [] } = await storedListener(this.aws, listenerArn);
    return liveIn(forwardOf(DefaultActions)?.groups ?? [], { blue, green });
  }

  async close(): Promise<void> {
    await this.usersLeave();
    await this.plane.close();
    await this.service.discard();
    // What was there before the first deployment was started by nobody's command.
    for (const color of COLORS) for (const { pid } of await this.service.onColor(color)) kill(pid);
  }
}
