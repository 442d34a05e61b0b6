import { SuspendProcessesCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { expect, test } from 'vitest';
import { asgEnvironment } from '../../src/providers/environments/asg.ts';
import { call } from '../providers/support.ts';
import { asgEnvironmentOf, makeAsg, rewriteGroups } from './support/asgGroups.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeLoadBalancer } from './support/loadBalancers.ts';

describeAws('inspecting Auto Scaling groups', () => {
  const aws = useAws();

  async function makeFit(fields: object = {}) {
    const { blueArn, greenArn } = await makeLoadBalancer(aws);
    const targets = { blue: blueArn, green: greenArn };
    const world = await makeAsg(aws, { group: (color) => ({ TargetGroupARNs: [targets[color]], ...fields }) });
    return { ...world, targets, inspect: (environment = world.environment) => environment.inspect!(call, targets) };
  }

  test('finds nothing wrong where nothing is, and only reads', async () => {
    const { inspect } = await makeFit({ DesiredCapacity: 1 });
    expect(await inspect()).toEqual([]);
    for (const { action } of aws.faults.calls) expect(action).toMatch(/:(Describe|Get)/);
  });

  test('finds groups that are attached to no target group, or to that of the other color', async () => {
    const { inspect, targets } = await makeFit();
    const crossed = await inspect(await asgEnvironmentOf({ groups: { blue: 'shop-green', green: 'shop-blue' } }));
    expect(crossed.map(({ severity }) => severity)).toEqual(['error', 'error', 'error', 'error']);
    expect(crossed[0]!.message).toContain(
      `is not attached to the target group of blue, ${targets.blue}: it is attached to ${targets.green}`,
    );
    expect(crossed[1]!.cure).toContain('exchange blue and green');
    rewriteGroups(aws, (group) => group.replace(/<TargetGroupARNs>.*?<\/TargetGroupARNs>/, '<TargetGroupARNs/>'));
    expect((await inspect()).map(({ message }) => message)).toEqual([
      expect.stringContaining('it is attached to none'),
      expect.stringContaining('it is attached to none'),
    ]);
  });

  test('finds a maximum that is too small, suspended processes, and instances that cannot go', async () => {
    const { inspect } = await makeFit();
    await aws.clients.asg.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'shop-blue', DesiredCapacity: 3 }));
    await aws.clients.asg.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'shop-green',
        MaxSize: 2,
        NewInstancesProtectedFromScaleIn: true,
        HealthCheckType: 'EC2',
      }),
    );
    await aws.clients.asg.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: 'shop-green', ScalingProcesses: ['AddToLoadBalancer', 'AZRebalance'] }),
    );
    expect(await inspect()).toEqual([
      {
        severity: 'error',
        message: expect.stringContaining('may have 2 at most, and shop-blue has 3'),
        cure: 'raise the MaxSize of shop-green to 3 or more',
      },
      {
        severity: 'error',
        message: expect.stringContaining('has suspended AddToLoadBalancer:'),
        cure: 'resume AddToLoadBalancer of shop-green',
      },
      { severity: 'warning', message: expect.stringContaining('by EC2 only'), cure: 'add ELB to the health checks of shop-green' },
      { severity: 'warning', message: expect.stringContaining('protects its instances'), cure: expect.any(String) },
    ]);
  });

  test('finds a launch configuration, and launch templates that an AMI would not reach', async () => {
    const { inspect } = await makeFit();
    rewriteGroups(aws, (group) =>
      group.replace(/<LaunchTemplate>.*?<\/LaunchTemplate>/, '<LaunchConfigurationName>old</LaunchConfigurationName>'),
    );
    const findings = await inspect();
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({ severity: 'error', message: expect.stringContaining('uses no launch template') });
  });

  test('finds the group and the parameter that are missing, and warns of a version that is not known', async () => {
    const { inspect } = await makeFit({ DesiredCapacity: 1 });
    expect(await inspect(await asgEnvironmentOf({ groups: { blue: 'shop-blue', green: 'shop-gren' } }))).toMatchObject([
      { severity: 'error', message: 'autoscaling:DescribeAutoScalingGroups found no group shop-gren' },
    ]);
    // As the worker makes it: {version} replaced, and what the file says besides.
    const given = asgEnvironment.options.parse({ groups: { blue: 'shop-blue', green: 'shop-green' }, imageId: '/shop/{version}' });
    const context = {
      service: 'shop',
      folder: '/',
      stateDir: '/',
      endpoints: { blue: null, green: null, preview: null },
      router: { type: 'alb', options: {} },
    };
    const environment = await asgEnvironment.create(
      { ...given, imageId: '/shop/v9' },
      { ...context, written: { imageId: '/shop/{version}' } },
    );
    expect(await inspect(environment)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('its AMI is not one of /shop/{version}') },
      { severity: 'warning' },
      { severity: 'error', message: expect.stringContaining('ssm:GetParameter on /shop/v9 found nothing') },
    ]);
  });

  test('before a deployment, one request finds what would make it go wrong', async () => {
    const { environment, targets } = await makeFit({ DesiredCapacity: 1 });
    const crossed = { blue: targets.green, green: targets.blue };
    expect((await environment.inspect!(call, crossed, 'errors')).map(({ severity }) => severity)).toEqual([
      'error',
      'error',
      'error',
      'error',
    ]);
    expect(aws.faults.calls.map(({ action }) => action)).toEqual(['autoscaling:DescribeAutoScalingGroups']);
  });

  test.each([
    ['error', 'autoscaling:DescribeAutoScalingGroups', 1],
    ['error', 'ec2:DescribeLaunchTemplateVersions', 2],
    ['error', 'ec2:DescribeInstances', 2],
    ['warning', 'autoscaling:DescribeScalingActivities', 2],
  ])('finds a missing right (%s): %s', async (severity, action, count) => {
    const { inspect } = await makeFit({ DesiredCapacity: 1 });
    aws.faults.deny(action);
    const findings = await inspect();
    expect(findings).toHaveLength(count);
    for (const finding of findings)
      expect(finding).toMatchObject({
        severity,
        message: expect.stringContaining(`${action} on `),
        cure: expect.stringContaining(`allow ${action}`),
      });
  });
});
