import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { expect, test } from 'vitest';
import type { Environment } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { environmentOf, makeEcs, rewriteServices, type ServiceJson, setDesired } from './support/ecsServices.ts';
import { makeLoadBalancer } from './support/loadBalancers.ts';

describeAws('inspecting ECS services', () => {
  const aws = useAws();

  /** Services as they should be, each attached to its target group. */
  async function makeFit(change: (service: ServiceJson) => ServiceJson = (service) => service) {
    const { blueArn, greenArn } = await makeLoadBalancer(aws);
    const targets = { blue: blueArn, green: greenArn };
    const world = await makeEcs(aws, {
      service: (color) => ({ loadBalancers: [{ targetGroupArn: targets[color], containerName: 'web', containerPort: 8080 }] }),
    });
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    rewriteServices(aws, (service) => change({ ...service, deploymentConfiguration }));
    return { ...world, targets, inspect: (environment: Environment = world.environment) => environment.inspect!(call, targets) };
  }

  test('finds nothing wrong where nothing is, and only reads', async () => {
    const { inspect } = await makeFit();
    expect(await inspect()).toEqual([]);
    for (const { action } of aws.faults.calls) expect(action).toMatch(/:(Describe|List)/);
  });

  test('finds a service that is attached to no target group, and names both', async () => {
    const { inspect, targets, services } = await makeFit((service) =>
      service.serviceName === 'shop-green' ? { ...service, loadBalancers: [] } : service,
    );
    const [detached, ...none] = await inspect();
    expect(none).toEqual([]);
    expect(detached).toMatchObject({ severity: 'error', message: expect.stringContaining('attached to no target group') });
    for (const part of [services.green, targets.green]) expect(detached!.message).toContain(part);
  });

  test('finds colors that are crossed', async () => {
    const { inspect, targets, services } = await makeFit();
    const { blue, green } = services;
    const crossed = await environmentOf({ services: { blue: green, green: blue } });
    const findings = await inspect(crossed);
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'error', 'error']);
    expect(findings.filter(({ cure }) => cure.includes('exchange blue and green'))).toHaveLength(2);
    expect(findings[1]!.message).toContain(`is attached to the target group of green, ${targets.green}`);
  });

  test('finds one service under two names', async () => {
    const { inspect, services } = await makeFit((service) => ({ ...service, serviceArn: service.serviceArn.replace('blue', 'green') }));
    expect(await inspect()).toContainEqual(
      expect.objectContaining({ severity: 'error', message: `blue and green are one service, ${services.green}` }),
    );
  });

  test('finds a service that does not exist', async () => {
    const { inspect } = await makeFit();
    const environment = await environmentOf({ services: { blue: 'shop-blue', green: 'shop-gren' } });
    expect(await inspect(environment)).toEqual([
      {
        severity: 'error',
        message: 'ecs:DescribeServices found no service shop-gren in cluster prod',
        cure: 'create it, or correct environment.services.green, the cluster or the region',
      },
    ]);
  });

  test('finds a container that is missing, and a variable that is a secret', async () => {
    const { inspect } = await makeFit();
    expect(await inspect(await environmentOf({ container: 'app' }))).toMatchObject([
      { severity: 'error', message: expect.stringContaining('no container "app"'), cure: 'correct environment.container' },
      { severity: 'error' },
    ]);
    expect(await inspect(await environmentOf({ env: { DB_PASSWORD: 'x' } }))).toMatchObject([
      { severity: 'error', message: expect.stringContaining('sets DB_PASSWORD') },
      { severity: 'error' },
    ]);
  });

  test('warns of an image that runs and does not fit', async () => {
    const { inspect, services } = await makeFit();
    await setDesired(aws, services.blue, 1);
    expect(await inspect(await environmentOf({ image: 'elsewhere/shop:{version}' }))).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('is not one of elsewhere/shop:{version}') },
    ]);
  });

  test('finds a service that CodeDeploy deploys', async () => {
    const { inspect, services } = await makeFit((service) => ({ ...service, deploymentController: { type: 'CODE_DEPLOY' } }));
    const [first] = await inspect();
    expect(first).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('CODE_DEPLOY'),
      cure: expect.stringContaining('ECS'),
    });
    expect(first!.message).toContain(services.blue);
  });

  test('warns of a maximum below what the other color has, and of a missing circuit breaker', async () => {
    const { inspect, services } = await makeFit((service) => ({ ...service, deploymentConfiguration: {} }));
    await setDesired(aws, services.blue, 5);
    const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 1, MaxCapacity: 4 } as const;
    await aws.clients.applicationAutoScaling.send(new RegisterScalableTargetCommand({ ...target, ResourceId: 'service/prod/shop-green' }));
    const findings = await inspect();
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
    expect(findings.filter(({ message }) => message.includes('no deployment circuit breaker'))).toHaveLength(2);
    expect(findings).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/at 4 tasks at most, and \S+ has 5/) }));
  });

  test.each([
    ['error', 'ecs:DescribeServices'],
    ['error', 'ecs:DescribeTaskDefinition'],
    ['error', 'ecs:ListTaskDefinitions'],
    ['warning', 'ecs:ListTasks'],
    ['warning', 'application-autoscaling:DescribeScalableTargets'],
  ])('finds a missing right (%s): %s', async (severity, action) => {
    const { inspect } = await makeFit();
    aws.faults.deny(action);
    const findings = await inspect();
    expect(findings).toHaveLength(2);
    for (const finding of findings)
      expect(finding).toMatchObject({
        severity,
        message: expect.stringContaining(`${action} on `),
        cure: expect.stringContaining(`allow ${action}`),
      });
  });

  test('before a deployment, a missing right that would end it is found, too', async () => {
    const { environment, targets } = await makeFit();
    aws.faults.deny('ecs:DescribeTaskDefinition');
    const findings = await environment.inspect!(call, targets, 'errors');
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error']);
  });

  test('an API that does not answer says nothing of the set-up', async () => {
    const { inspect } = await makeFit();
    aws.faults.inject({ action: 'ecs:DescribeServices', times: 10, status: 500, body: '<html>' });
    await expect(inspect()).rejects.toMatchObject({ type: 'Unavailable' });
  });
});
