import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { environmentContract } from '../contract/environmentContract.ts';
import { call } from '../providers/support.ts';
import { type AsgWorld, asgEnvironmentOf, breakImages, makeAsg } from './support/asgGroups.ts';
import { type Aws, useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const want = { version: 'v1', capacity: 2, deploymentId: 'd1' };
const READS = /:(Describe|Get)/;

/** What the instances of a group run, by EC2 itself. */
async function imagesOf(aws: Aws, world: AsgWorld, color: 'blue' | 'green'): Promise<string[]> {
  const InstanceIds = ((await world.group(color)).Instances ?? []).map(({ InstanceId }) => InstanceId!);
  if (InstanceIds.length === 0) return [];
  const { Reservations = [] } = await aws.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ ImageId }) => ImageId!));
}

const writes = (aws: Aws) => aws.faults.calls.filter(({ action }) => !READS.test(action));

describeAws('asg', () => {
  const aws = useAws();

  environmentContract('asg', async () => {
    const { environment, templates } = await makeAsg(aws);
    breakImages(aws);
    return {
      environment,
      versions: { good: 'v1', other: 'v2', bad: 'broken' },
      startsOnBlue: async () =>
        aws.faults.callsOf('ec2:CreateLaunchTemplateVersion').filter(({ params }) => params.LaunchTemplateId === templates.blue).length,
      close: async () => {},
    };
  });

  test('a deployment makes a version of the launch template from the one in use, with another AMI and nothing else', async () => {
    const world = await makeAsg(aws);
    const blue = await world.group('blue');
    await world.environment.ensure(call, 'green', want);
    expect(writes(aws).map(({ action }) => action)).toEqual(['ec2:CreateLaunchTemplateVersion', 'autoscaling:UpdateAutoScalingGroup']);
    expect(writes(aws)[0]!.params).toEqual({
      LaunchTemplateId: world.templates.green,
      SourceVersion: '1',
      VersionDescription: 'cutover v1 d1',
      LaunchTemplateData: { ImageId: 'ami-v1' },
      ClientToken: expect.any(String),
    });
    expect(writes(aws)[1]!.params).toEqual({
      AutoScalingGroupName: 'shop-green',
      LaunchTemplate: { LaunchTemplateId: world.templates.green, Version: '2' },
      DesiredCapacity: '2',
    });
    expect(await imagesOf(aws, world, 'green')).toEqual(['ami-v1', 'ami-v1']);
    expect(await world.group('blue')).toEqual(blue);
  });

  test('instances of the version before are gone before those of the new one come', async () => {
    const world = await makeAsg(aws);
    await world.environment.ensure(call, 'green', want);
    const before = ((await world.group('green')).Instances ?? []).map(({ InstanceId }) => InstanceId);
    aws.faults.calls = [];
    await world.environment.ensure(call, 'green', { ...want, version: 'v2', deploymentId: 'd2' });
    expect(writes(aws).map(({ params }) => params.DesiredCapacity ?? params.VersionDescription)).toEqual(['cutover v2 d2', '0', '2']);
    expect(await imagesOf(aws, world, 'green')).toEqual(['ami-v2', 'ami-v2']);
    for (const { InstanceId } of (await world.group('green')).Instances ?? []) expect(before).not.toContain(InstanceId);
  });

  test('a mixed instances policy survives: overrides, spot and distribution stay when it is deployed to, scaled and emptied', async () => {
    const Overrides = [
      { InstanceType: 'm5.large', WeightedCapacity: '1' },
      { InstanceType: 'm6i.large', WeightedCapacity: '1' },
    ] as const;
    const InstancesDistribution = {
      OnDemandBaseCapacity: 1,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: 'capacity-optimized',
    };
    const world = await makeAsg(aws, {
      group: (color, templates) => ({
        MinSize: 1,
        DesiredCapacity: 1,
        MixedInstancesPolicy: {
          InstancesDistribution,
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateId: templates[color], Version: '$Latest' },
            Overrides: [...Overrides],
          },
        },
      }),
    });
    const { MixedInstancesPolicy: before } = await world.group('green');
    const at = (Version: string) => ({
      ...before,
      LaunchTemplate: {
        ...before!.LaunchTemplate,
        LaunchTemplateSpecification: { ...before!.LaunchTemplate!.LaunchTemplateSpecification, Version },
      },
    });
    await world.environment.ensure(call, 'green', want);
    expect((await world.group('green')).MixedInstancesPolicy).toEqual(at('2'));
    await world.environment.scale(call, 'green', 1);
    await world.environment.remove(call, 'green');
    expect((await world.group('green')).MixedInstancesPolicy).toEqual(at('2'));
  });

  test('a group that launches $Latest is pinned to the version of the deployment', async () => {
    const world = await makeAsg(aws, {
      group: (color, templates) => ({ LaunchTemplate: { LaunchTemplateId: templates[color], Version: '$Latest' } }),
    });
    await world.environment.ensure(call, 'green', want);
    expect((await world.group('green')).LaunchTemplate!.Version).toBe('2');
    expect(await world.environment.describe(call, 'green')).toMatchObject({ version: 'v1', ready: 2 });
  });

  test('an SSM parameter says which AMI a version is; the version is still known from what runs', async () => {
    await aws.clients.ssm.send(new PutParameterCommand({ Name: '/shop/ami/v1', Value: 'ami-0a1b2c', Type: 'String' }));
    const world = await makeAsg(aws, { options: { imageId: '/shop/ami/{version}' } });
    expect(await world.environment.ensure(call, 'green', want)).toMatchObject({ version: 'v1', ready: 2 });
    expect(await imagesOf(aws, world, 'green')).toEqual(['ami-0a1b2c', 'ami-0a1b2c']);
    expect(await world.environment.describe(call, 'green')).toMatchObject({ version: 'v1' });
  });

  test('a parameter that is missing, or holds no AMI, is named, and nothing is written', async () => {
    await aws.clients.ssm.send(new PutParameterCommand({ Name: 'shop-v1', Value: 'latest', Type: 'String' }));
    const { environment } = await makeAsg(aws, { options: { imageId: 'ssm:shop-{version}' } });
    await expect(environment.ensure(call, 'green', want)).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('the SSM parameter shop-v1 holds no AMI id'),
    });
    await expect(environment.ensure(call, 'green', { ...want, version: 'v2' })).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining('ssm:GetParameter on shop-v2'),
    });
    expect(writes(aws)).toEqual([]);
  });

  test('a group that cutover did not deploy to says its version by its AMI', async () => {
    const world = await makeAsg(aws, { group: () => ({ DesiredCapacity: 3 }) });
    expect(await world.environment.describe(call, 'blue')).toEqual({ version: 'v0', capacity: 3, ready: 3, detail: null });
    const environment = await asgEnvironmentOf({}, { written: { imageId: '{version}' } });
    expect(await environment.describe(call, 'blue')).toMatchObject({ version: 'ami-v0' });
  });

  test('instances of another AMI than the group would launch are not ready, and it is they that are described', async () => {
    const world = await makeAsg(aws);
    await world.environment.ensure(call, 'green', want);
    await aws.clients.asg.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'shop-green',
        LaunchTemplate: { LaunchTemplateId: world.templates.green, Version: '1' },
      }),
    );
    expect(await world.environment.describe(call, 'green')).toEqual({
      version: 'v1',
      capacity: 2,
      ready: 0,
      detail: "instances of shop-green: 2 InService; 2 of them run another AMI than the group's launch template has now",
    });
  });

  test('the minimum of a group holds while it runs, gives way when it is emptied, and comes back', async () => {
    const world = await makeAsg(aws, { group: () => ({ MinSize: 2, DesiredCapacity: 2 }) });
    const { environment } = world;
    await environment.ensure(call, 'green', { ...want, capacity: 1 });
    expect(await world.group('green')).toMatchObject({ MinSize: 2, DesiredCapacity: 2 });
    await environment.scale(call, 'green', 1);
    expect(await world.group('green')).toMatchObject({ MinSize: 2, DesiredCapacity: 2 });
    await environment.remove(call, 'green');
    expect(await world.group('green')).toMatchObject({ MinSize: 0, DesiredCapacity: 0, MaxSize: 10, Instances: [] });
    await environment.scale(call, 'green', 1);
    expect(await world.group('green')).toMatchObject({ MinSize: 2, DesiredCapacity: 2, Tags: [] });
    expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', ready: 2 });
  });

  test('a group may have no more than its maximum: that is said, and nothing is changed', async () => {
    const { environment, group } = await makeAsg(aws, { group: () => ({ MaxSize: 1 }) });
    await expect(environment.ensure(call, 'green', want)).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringMatching(/autoScalingGroupName\/shop-green may have 1 at most, and 2 are asked for; raise its MaxSize/),
    });
    expect(await group('green')).toMatchObject({ MaxSize: 1, DesiredCapacity: 0 });
    expect(writes(aws)).toEqual([]);
  });

  test('an image without {version}, or one group for both colors, is no service file', async () => {
    await expect(async () => asgEnvironmentOf({ imageId: 'ami-1' })).rejects.toThrow(/\{version\}/);
    await expect(async () => asgEnvironmentOf({ groups: { blue: 'shop', green: 'shop' } })).rejects.toThrow(/groups of their own/);
  });
});
