import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { asgEnvironmentOf, breakImages, makeAsg, rewriteGroups } from './support/asgGroups.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

const want = { version: 'v1', capacity: 2, deploymentId: 'd1' };
const broken = { ...want, version: 'broken' };

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error) => error,
  );

const deploys = (environment: Environment, wanted = want) => failureOf(environment.ensure(call, 'green', wanted));

/** As a worker that is asked again by the workflow. */
async function deployUntilDone(environment: Environment): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await environment.ensure(call, 'green', want);
      return attempt;
    } catch (error) {
      if ((error as { type: string }).type !== 'Unavailable' || attempt === 5) throw error;
    }
  }
}

const answer = (operation: string, result: string) =>
  `<${operation}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${operation}Result>${result}</${operation}Result></${operation}Response>`;

describeAws('asg', () => {
  const aws = useAws();

  describe('an Auto Scaling deployment that goes wrong', () => {
    test('instances that do not come into service in time: their states, and what the group has tried', async () => {
      const { environment, group } = await makeAsg(aws);
      breakImages(aws);
      const activity = [
        `<StartTime>${new Date(Date.now() + 5_000).toISOString()}</StartTime><StatusCode>Failed</StatusCode>`,
        '<Description>Launching a new EC2 instance</Description><StatusMessage>The image id [ami-broken] does not exist</StatusMessage>',
      ].join('');
      const body = answer('DescribeScalingActivities', `<Activities><member>${activity}</member></Activities>`);
      aws.faults.inject({ action: 'autoscaling:DescribeScalingActivities', status: 200, body });
      const failure = await deploys(environment, broken);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      for (const part of [
        (await group('green')).AutoScalingGroupARN!,
        '0 of 2 in service after 1500ms (instances of shop-green: 2 Pending)',
        'Failed: Launching a new EC2 instance: The image id [ami-broken] does not exist',
      ])
        expect(failure.message).toContain(part);
    });

    test('what could not be found out does not hide it', async () => {
      const { environment } = await makeAsg(aws);
      breakImages(aws);
      aws.faults.deny('autoscaling:DescribeScalingActivities');
      const failure = await deploys(environment, broken);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      expect(failure.message).toMatch(/autoscaling:DescribeScalingActivities on \S+shop-green is not allowed/);
    });

    test('a group that somebody brings to another version meanwhile is said to launch that', async () => {
      const { environment } = await makeAsg(aws, { options: { timeout: '1h' } });
      rewriteGroups(aws, (group) => group.replace('<Version>2</Version>', '<Version>1</Version>'));
      const failure = await deploys(environment);
      expect(failure).toMatchObject({ type: 'DeployFailed', message: expect.stringMatching(/launches version 1 of lt-\w+ now/) });
    });

    test('instances that do not go are no success of a removal', async () => {
      const { environment } = await makeAsg(aws, { group: () => ({ DesiredCapacity: 1, NewInstancesProtectedFromScaleIn: true }) });
      const failure = await failureOf(environment.remove(call, 'green'));
      expect(failure).toMatchObject({
        type: 'Unavailable',
        message: expect.stringMatching(/still has instances .*1 InService.*scale-in protection/),
      });
    });

    test.each([
      'autoscaling:DescribeAutoScalingGroups',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:CreateLaunchTemplateVersion',
      'ec2:DescribeInstances',
      'autoscaling:UpdateAutoScalingGroup',
      'autoscaling:CreateOrUpdateTags',
      'ssm:GetParameter',
    ])('without the right to %s it ends at once, and the right and what it is for are named', async (action) => {
      await aws.clients.ssm.send(new PutParameterCommand({ Name: '/shop/v1', Value: 'ami-1', Type: 'String' }));
      const world = await makeAsg(aws, { options: { imageId: '/shop/{version}' }, group: () => ({ MinSize: 1, DesiredCapacity: 1 }) });
      aws.faults.deny(action);
      const failure = await deploys(world.environment);
      expect(failure).toMatchObject({ type: 'PermissionDenied' });
      expect(failure.message).toMatch(new RegExp(`^${action} on .*(shop-green|${world.templates.green}|/shop/v1)`));
      expect(aws.faults.callsOf(action)).toHaveLength(1);
    });

    test('a launch template version whose answer is lost is found again: there is one, not two', async () => {
      const { environment, versionsOf } = await makeAsg(aws);
      aws.faults.inject({ action: 'ec2:CreateLaunchTemplateVersion', drop: 'response' });
      expect(await deployUntilDone(environment)).toBe(2);
      expect((await versionsOf('green')).map(({ VersionNumber }) => VersionNumber)).toEqual([1, 2]);
    });

    test('throttles, and lost answers of every operation, are survived', async () => {
      const { environment, versionsOf, group } = await makeAsg(aws, {
        options: { timeout: '30s' },
        group: () => ({ MinSize: 1, DesiredCapacity: 1 }),
      });
      for (const action of [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:UpdateAutoScalingGroup',
        'autoscaling:CreateOrUpdateTags',
        'autoscaling:DeleteTags',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:CreateLaunchTemplateVersion',
        'ec2:DescribeInstances',
      ]) {
        aws.faults.throttle(action);
        aws.faults.inject({ action, drop: 'response' });
      }
      expect(await deployUntilDone(environment)).toBeLessThanOrEqual(3);
      expect(await versionsOf('green')).toHaveLength(2);
      expect(await group('green')).toMatchObject({ MinSize: 1, DesiredCapacity: 2, Tags: [], LaunchTemplate: { Version: '2' } });
      expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', ready: 2 });
    });

    test('groups that share a launch template keep their versions apart, and $Latest is refused: the live color would launch it', async () => {
      const shared = (version: string) => ({
        group: (_: unknown, templates: { blue: string }) => ({ LaunchTemplate: { LaunchTemplateId: templates.blue, Version: version } }),
      });
      const { environment } = await makeAsg(aws, shared('1'));
      await environment.ensure(call, 'green', want);
      await environment.ensure(call, 'blue', { ...want, version: 'v2', deploymentId: 'd2' });
      expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', ready: 2 });
      expect(await environment.describe(call, 'blue')).toMatchObject({ version: 'v2', ready: 2 });
      rewriteGroups(aws, (group) =>
        group.startsWith('shop-blue') ? group.replace('<Version>3</Version>', '<Version>$$Latest</Version>') : group,
      );
      const failure = await deploys(environment, { ...want, deploymentId: 'd3' });
      expect(failure).toMatchObject({
        type: 'InvalidConfiguration',
        message: expect.stringMatching(/shop-blue launches \$Latest of lt-\w+/),
      });
    });

    test('a group that does not exist is named', async () => {
      await makeAsg(aws);
      const environment = await asgEnvironmentOf({ groups: { blue: 'shop-blue', green: 'shop-gren' } });
      expect(await deploys(environment)).toMatchObject({ type: 'NotFound', message: expect.stringContaining('found no group shop-gren') });
      await environment.remove(call, 'green');
    });
  });

  // moto has no instance refreshes: AWS's answers are given by the proxy.
  describe('an instance refresh', () => {
    const options = { instanceRefresh: { minHealthyPercentage: 50, instanceWarmup: '90s' }, timeout: '20s' };
    const described = (status: string, reason = '') =>
      answer(
        'DescribeInstanceRefreshes',
        `<InstanceRefreshes><member><InstanceRefreshId>r-1</InstanceRefreshId><Status>${status}</Status><StatusReason>${reason}</StatusReason>` +
          '<DesiredConfiguration><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><Version>2</Version></LaunchTemplate>' +
          '</DesiredConfiguration></member></InstanceRefreshes>',
      );
    const none = answer('DescribeInstanceRefreshes', '<InstanceRefreshes/>');
    const started = answer('StartInstanceRefresh', '<InstanceRefreshId>r-1</InstanceRefreshId>');
    const says = (operation: string, body: string, times = 1) =>
      aws.faults.inject({ action: `autoscaling:${operation}`, status: 200, body, times });

    test('replaces what runs, where that is wanted, and is waited for', async () => {
      const world = await makeAsg(aws, { options, group: () => ({ DesiredCapacity: 2 }) });
      says('DescribeInstanceRefreshes', none);
      says('StartInstanceRefresh', started);
      says('DescribeInstanceRefreshes', described('InProgress'));
      const deployment = world.environment.ensure(call, 'green', want);
      await expect.poll(() => aws.faults.callsOf('autoscaling:DescribeInstanceRefreshes').length, { timeout: 10_000 }).toBe(2);
      // What AWS does meanwhile.
      const green = { AutoScalingGroupName: 'shop-green', LaunchTemplate: { LaunchTemplateId: world.templates.green, Version: '2' } };
      await aws.clients.asg.send(new UpdateAutoScalingGroupCommand({ ...green, DesiredCapacity: 0 }));
      await aws.clients.asg.send(new UpdateAutoScalingGroupCommand({ ...green, DesiredCapacity: 2 }));
      says('DescribeInstanceRefreshes', described('Successful'), 10);
      expect(await deployment).toMatchObject({ version: 'v1', ready: 2 });
      expect(aws.faults.callsOf('autoscaling:StartInstanceRefresh').map(({ params }) => params)).toEqual([
        {
          AutoScalingGroupName: 'shop-green',
          Strategy: 'Rolling',
          DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: world.templates.green, Version: '2' } },
          Preferences: { MinHealthyPercentage: '50', InstanceWarmup: '90', SkipMatching: 'false' },
        },
      ]);
      expect(aws.faults.callsOf('autoscaling:UpdateAutoScalingGroup')).toEqual([]);
    });

    test('that AWS gives up is a failure with its reason; one that runs already is not begun anew', async () => {
      const { environment, group } = await makeAsg(aws, { options, group: () => ({ DesiredCapacity: 2 }) });
      says('DescribeInstanceRefreshes', described('InProgress'));
      says('DescribeInstanceRefreshes', described('Failed', 'no healthy instances'), 10);
      const failure = await deploys(environment);
      expect(failure).toMatchObject({ type: 'DeployFailed', message: expect.stringContaining('is Failed at 0%: no healthy instances') });
      expect(failure.message).toContain((await group('green')).AutoScalingGroupARN);
      expect(aws.faults.callsOf('autoscaling:StartInstanceRefresh')).toEqual([]);
    });
  });
});
