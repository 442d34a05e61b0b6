/** A shop on AWS as people have one: a listener, two target groups, two ECS services, v0 live on blue; and a worker beside it. */
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Aws } from '../../aws/support/aws.ts';
import { type EcsWorld, makeEcs, REPOSITORY } from '../../aws/support/ecsServices.ts';
import { type LoadBalancer, makeLoadBalancer, register } from '../../aws/support/loadBalancers.ts';
import { startDev } from './dev.ts';
import { type FakeTasks, startFakeTasks } from './fakeTasks.ts';
import { Service } from './service.ts';

export interface EcsShop {
  service: Service;
  lb: LoadBalancer;
  ecs: EcsWorld;
  discard(): Promise<void>;
}

/** `file`: sections of the service file, in the place of those here. */
export async function startShop(aws: Aws, file: Record<string, unknown> = {}): Promise<EcsShop> {
  const lb = await makeLoadBalancer(aws);
  await register(aws, lb.blueArn, ['10.0.0.1:80', '10.0.0.2:80']);
  await register(aws, lb.greenArn, ['10.0.1.1:80', '10.0.1.2:80']);
  const attached = (targetGroupArn: string) => ({ loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080 }] });
  const ecs = await makeEcs(aws, { service: (color) => attached(color === 'blue' ? lb.blueArn : lb.greenArn) });
  await aws.clients.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'shop-blue', desiredCount: 2 }));
  const tasks = await startFakeTasks(aws, lb, 'prod', ecs.services);
  const service = await Service.create({ env: awsEnvironment(aws.url()), file: { ...sectionsOf(lb, tasks), ...file } });
  await startDev(service);
  const discard = async () => {
    await service.discard();
    await tasks.close();
  };
  return { service, lb, ecs, discard };
}

const sectionsOf = (lb: LoadBalancer, tasks: FakeTasks): Record<string, unknown> => ({
  router: { type: 'alb', listener: lb.listenerArn, targetGroups: { blue: lb.blueArn, green: lb.greenName } },
  environment: {
    type: 'ecs',
    cluster: 'prod',
    services: { blue: 'shop-blue', green: 'shop-green' },
    container: 'web',
    image: `${REPOSITORY}:{version}`,
  },
  endpoints: tasks.endpoints,
  smokeTests: [{ name: 'up', path: '/' }],
  switch: { confirm: { url: tasks.front }, drain: { timeout: '1s' } },
  monitor: { duration: '2s', interval: '1s' },
  retention: { duration: '1h' },
});

export const awsEnvironment = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
});
