/** An existing set-up on AWS (a listener, two target groups, two ECS services), and deployments to it by the real command. */
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { REGION, useAws } from '../aws/support/aws.ts';
import { describeAws } from '../aws/support/describeAws.ts';
import { type EcsWorld, makeEcs, REPOSITORY } from '../aws/support/ecsServices.ts';
import { type LoadBalancer, makeLoadBalancer, register } from '../aws/support/loadBalancers.ts';
import { startDev } from './support/dev.ts';
import { type FakeTasks, startFakeTasks } from './support/fakeTasks.ts';
import { Service } from './support/service.ts';

describeAws('on ECS behind a load balancer', () => {
  const aws = useAws();
  let service: Service;
  let lb: LoadBalancer;
  let ecs: EcsWorld;
  let tasks: FakeTasks;

  beforeEach(async () => {
    lb = await makeLoadBalancer(aws);
    await register(aws, lb.blueArn, ['10.0.0.1:80', '10.0.0.2:80']);
    await register(aws, lb.greenArn, ['10.0.1.1:80', '10.0.1.2:80']);
    const attached = (targetGroupArn: string) => ({ loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 8080 }] });
    ecs = await makeEcs(aws, { service: (color) => attached(color === 'blue' ? lb.blueArn : lb.greenArn) });
    await aws.clients.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'shop-blue', desiredCount: 2 }));
    tasks = await startFakeTasks(aws, lb, 'prod', ecs.services);
    service = await Service.create({
      env: awsEnvironment(aws.url()),
      file: {
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
        monitor: {
          duration: '2s',
          interval: '1s',
          checks: [],
        },
        retention: { duration: '1h' },
      },
    });
    await startDev(service);
  });
  afterEach(async () => {
    await service?.discard();
    await tasks?.close();
  });

  /** As AWS describes it. */
  const forwardsTo = async () => {
    const elb = new ElasticLoadBalancingV2Client({ region: REGION, endpoint: aws.url() });
    return (await elb.send(new DescribeListenersCommand({ ListenerArns: [lb.listenerArn] }))).Listeners![0]!.DefaultActions;
  };
  const counts = async () => ({ blue: (await ecs.service('blue')).desiredCount, green: (await ecs.service('green')).desiredCount });
  const status = () => service.json<StatusDocument>('status', 'shop');

  test('needs no first deployment, switches what is live, goes back while retained, and comes back after removal', {
    timeout: 180_000,
  }, async () => {
    const before = await forwardsTo();
    const planned = await service.json<{ from: object; to: string; obstacles: string[] }>('plan', 'v1');
    expect(planned).toMatchObject({ from: { color: 'blue', version: 'v0', capacity: 2 }, to: 'green', obstacles: [] });

    const first = await service.cutover('deploy', 'v1', '--wait');
    expect(first.stdout + first.stderr).toContain('succeeded');
    expect(first.code).toBe(0);
    await service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
    expect(await status()).toMatchObject({ liveColor: 'green', previousVersion: 'v0', version: 'v1' });
    expect(await counts()).toEqual({ blue: 1, green: 2 });
    expect(await forwardsTo()).toMatchObject([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: lb.blueArn, Weight: 0 },
            { TargetGroupArn: lb.greenArn, Weight: 1 },
          ],
        },
      },
    ]);

    expect((await service.cutover('rollback')).code).toBe(0);
    const back = await service.untilStatus(({ phase }) => phase === 'ended');
    expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: 'v0' });
    expect(await counts()).toEqual({ blue: 2, green: 0 });
    expect(await forwardsTo()).toEqual(before);

    await service.writeFile({ ...JSON.parse(await service.readFile()), retention: { duration: '100ms' } });
    expect((await service.cutover('deploy', 'v2', '--wait')).code).toBe(0);
    expect((await service.cutover('deploy', 'v3', '--wait')).code).toBe(0);
    await service.untilStatus(({ phase }) => phase === 'ended');
    expect(await counts()).toEqual({ blue: 2, green: 0 });
    expect((await service.cutover('rollback')).code).toBe(0);
    const redeployed = await service.untilStatus(({ kind, phase }) => kind === 'rollback' && phase === 'ended');
    expect(redeployed).toMatchObject({ outcome: 'succeeded', version: 'v2', liveColor: 'green' });
    expect(await counts()).toEqual({ blue: 0, green: 2 });
    expect(await forwardsTo()).toEqual(JSON.parse(JSON.stringify(before).replaceAll(lb.blueArn, lb.greenArn)));
  });
});

export const awsEnvironment = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
});
