/** Two Auto Scaling groups as users have them, made at moto: a launch template each, and no instance. */
import {
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, DescribeLaunchTemplateVersionsCommand, type LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { Color } from '../../../src/core/plan.ts';
import { asgEnvironment } from '../../../src/providers/environments/asg.ts';
import type { Environment, ProviderContext } from '../../../src/providers/types.ts';
import type { Aws } from './aws.ts';
import { network } from './loadBalancers.ts';

export interface AsgWorld {
  environment: Environment;
  /** Ids of the launch templates. */
  templates: { blue: string; green: string };
  group(color: Color): Promise<AutoScalingGroup>;
  versionsOf(color: Color): Promise<LaunchTemplateVersion[]>;
}

interface Wanted {
  options?: Record<string, unknown>;
  context?: Partial<ProviderContext>;
  group?: (color: Color, templates: { blue: string; green: string }) => Partial<CreateAutoScalingGroupCommandInput>;
}

export async function makeAsg(aws: Aws, { options = {}, context = {}, group = () => ({}) }: Wanted = {}): Promise<AsgWorld> {
  const { asg, ec2 } = aws.clients;
  const { subnets } = await network(aws);
  const makeTemplate = async (color: Color): Promise<string> => {
    const LaunchTemplateData = { ImageId: 'ami-v0', InstanceType: 'm5.large' } as const;
    const made = await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: `shop-${color}`, LaunchTemplateData }));
    return made.LaunchTemplate!.LaunchTemplateId!;
  };
  const templates = { blue: await makeTemplate('blue'), green: await makeTemplate('green') };
  const name = (color: Color) => `shop-${color}`;
  for (const color of ['blue', 'green'] as const) {
    const input: CreateAutoScalingGroupCommandInput = {
      AutoScalingGroupName: name(color),
      MinSize: 0,
      MaxSize: 10,
      DesiredCapacity: 0,
      VPCZoneIdentifier: subnets[0],
      HealthCheckType: 'ELB',
      ...group(color, templates),
    };
    if (!input.MixedInstancesPolicy) input.LaunchTemplate ??= { LaunchTemplateId: templates[color], Version: '1' };
    await asg.send(new CreateAutoScalingGroupCommand(input));
  }
  return {
    environment: await asgEnvironmentOf(options, context),
    templates,
    group: async (color) =>
      (await asg.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name(color)] }))).AutoScalingGroups![0]!,
    versionsOf: async (color) =>
      (await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: templates[color] }))).LaunchTemplateVersions!,
  };
}

export function asgEnvironmentOf(options: Record<string, unknown> = {}, context: Partial<ProviderContext> = {}): Promise<Environment> {
  const parsed = asgEnvironment.options.parse({
    groups: { blue: 'shop-blue', green: 'shop-green' },
    imageId: 'ami-{version}',
    timeout: '1500ms',
    ...options,
  });
  return asgEnvironment.create(parsed, {
    service: 'shop',
    folder: '/',
    stateDir: '/',
    endpoints: { blue: null, green: null, preview: null },
    ...context,
  });
}

/** As AWS, where moto starts all: instances of the AMI `ami-broken` never come into service. */
export function breakImages(aws: Aws): void {
  const broken: { id: string; version: string }[] = [];
  aws.faults.rewrite('ec2:CreateLaunchTemplateVersion', (body, { params }) => {
    const version = /<versionNumber>(\d+)</.exec(body)![1]!;
    if (JSON.stringify(params).includes('"ami-broken"')) broken.push({ id: String(params.LaunchTemplateId), version });
    return body;
  });
  rewriteGroups(aws, (group) => {
    const isBroken = broken.some(({ id, version }) => group.includes(id) && group.includes(`<Version>${version}</Version>`));
    return isBroken ? group.replaceAll('>InService<', '>Pending<') : group;
  });
}

/** DescribeAutoScalingGroups says of each group what `change` makes of its XML, which begins with its name. */
export function rewriteGroups(aws: Aws, change: (group: string) => string): void {
  const between = '<member><AutoScalingGroupName>';
  aws.faults.rewrite('autoscaling:DescribeAutoScalingGroups', (body) => {
    const [head, ...groups] = body.split(between);
    return [head, ...groups.map(change)].join(between);
  });
}
