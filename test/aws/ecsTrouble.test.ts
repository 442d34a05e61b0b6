import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { FINAL_FAILURES } from '../../src/core/failure.ts';
import type { Environment } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { type Aws, useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { breakVersions, makeEcs, rewriteServices, setDesired } from './support/ecsServices.ts';

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

const revisionsOf = async (aws: Aws, familyPrefix: string) =>
  (await aws.clients.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix }))).taskDefinitionArns;

/** How a task ended, as AWS says it: moto runs none. */
function stopTasks(aws: Aws, taskDefinitionArn: string): void {
  aws.faults.rewrite('ecs:ListTasks', () => JSON.stringify({ taskArns: ['arn:aws:ecs:eu-west-1:123456789012:task/prod/1'] }));
  const task = {
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'web', exitCode: 137, reason: 'OutOfMemoryError' }],
  };
  aws.faults.rewrite('ecs:DescribeTasks', () => JSON.stringify({ tasks: [{ ...task, taskDefinitionArn }] }));
}

const scaleAutomatically = (aws: Aws, MinCapacity: number, MaxCapacity: number, service = 'shop-green') =>
  aws.clients.applicationAutoScaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ResourceId: `service/prod/${service}`,
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity,
      MaxCapacity,
    }),
  );

describeAws('ecs', () => {
  const aws = useAws();

  describe('an ECS deployment that goes wrong', () => {
    test("the circuit breaker's verdict ends it, with the events of the service and how its tasks ended", async () => {
      const { environment, services } = await makeEcs(aws, { options: { timeout: '1h' } });
      const verdict = 'ECS deployment circuit breaker: tasks failed to start.';
      breakVersions(aws, () => ({ rolloutState: 'FAILED', rolloutStateReason: verdict }));
      stopTasks(aws, 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-green:2');
      const failure = await deploys(environment, broken);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      for (const part of [
        services.green,
        'task-definition/shop-green:2',
        verdict,
        'CannotPullContainerError: not found',
        'Essential container in task exited; web: exit code 137, OutOfMemoryError',
      ])
        expect(failure.message).toContain(part);
    });

    test('a breaker that has rolled the service back is a failure, and not the old version taken for the new one', async () => {
      const { environment, services } = await makeEcs(aws, { options: { timeout: '1h' } });
      const before = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-green:1';
      breakVersions(aws, () => ({
        taskDefinition: before,
        runningCount: 2,
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
      }));
      const failure = await deploys(environment, broken);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      expect(failure.message).toContain('rolling back to deploymentId ecs-svc/1');
      expect(failure.message).toContain(services.green);
    });

    test('a service that somebody gives another revision meanwhile is said to be meant to run that', async () => {
      const { environment } = await makeEcs(aws, { options: { timeout: '1h' } });
      const other = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/other:7';
      rewriteServices(aws, (service) => (service.taskDefinition.endsWith(':2') ? { ...service, taskDefinition: other } : service));
      const failure = await deploys(environment);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      expect(failure.message).toContain(`is meant to run ${other} now`);
    });

    test('one that is not steady in time says how many run, and what could not be found out besides', async () => {
      const { environment } = await makeEcs(aws);
      breakVersions(aws);
      aws.faults.deny('ecs:ListTasks');
      const failure = await deploys(environment, broken);
      expect(failure.message).toMatch(/not steady within 1500ms: 0 of 2 tasks run/);
      expect(failure.message).toContain('unable to start a task');
      expect(failure.message).toMatch(/ecs:ListTasks on \S+shop-green is not allowed/);
    });

    test('why copies are missing is said of a color in the words of ECS', async () => {
      const { environment } = await makeEcs(aws);
      breakVersions(aws);
      await deploys(environment, broken);
      expect(await environment.describe(call, 'green')).toEqual({
        version: 'broken',
        capacity: 2,
        ready: 0,
        detail: expect.stringContaining('was unable to start a task'),
      });
    });

    test.each([
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:ListTaskDefinitions',
      'ecs:RegisterTaskDefinition',
      'ecs:UpdateService',
    ])('without the right to %s it ends at once, and the right and what it is for are named', async (action) => {
      const { environment } = await makeEcs(aws);
      aws.faults.deny(action);
      const failure = await deploys(environment);
      expect(failure).toMatchObject({ type: 'PermissionDenied' });
      expect(FINAL_FAILURES).toContain(failure.type);
      expect(failure.message).toContain(`${action} on `);
      expect(failure.message).toMatch(/shop-green/);
      expect(aws.faults.callsOf(action)).toHaveLength(1);
    });

    test('a registration whose answer is lost is found again: there is one revision, not two', async () => {
      const { environment, service } = await makeEcs(aws);
      aws.faults.inject({ action: 'ecs:RegisterTaskDefinition', drop: 'response' });
      expect(await deployUntilDone(environment)).toBe(2);
      expect(await revisionsOf(aws, 'shop-green')).toHaveLength(2);
      expect(await service('green')).toMatchObject({ desiredCount: 2, taskDefinition: expect.stringMatching(/shop-green:2$/) });
    });

    test('services that share a family keep their revisions apart', async () => {
      const { environment, service } = await makeEcs(aws, { service: () => ({ taskDefinition: 'shop-blue' }) });
      await environment.ensure(call, 'green', want);
      await environment.ensure(call, 'blue', { ...want, version: 'v2', deploymentId: 'd2' });
      await environment.ensure(call, 'green', { ...want, version: 'v3', deploymentId: 'd3' });
      expect(await environment.describe(call, 'blue')).toMatchObject({ version: 'v2' });
      expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v3' });
      expect((await service('green')).taskDefinition).toMatch(/shop-blue:4$/);
    });

    test('throttles, lost requests and lost answers of every operation are survived', async () => {
      const { environment } = await makeEcs(aws, { options: { timeout: '30s' } });
      for (const operation of [
        'DescribeServices',
        'DescribeTaskDefinition',
        'ListTaskDefinitions',
        'RegisterTaskDefinition',
        'UpdateService',
      ]) {
        aws.faults.throttle(`ecs:${operation}`);
        aws.faults.inject({ action: `ecs:${operation}`, drop: 'response' });
      }
      expect(await deployUntilDone(environment)).toBeLessThanOrEqual(3);
      expect(await revisionsOf(aws, 'shop-green')).toHaveLength(2);
      expect(await environment.describe(call, 'green')).toMatchObject({ version: 'v1', capacity: 2, ready: 2 });
    });

    test('an API that stops answering during the wait ends nothing: the wait goes on', async () => {
      const { environment } = await makeEcs(aws, { options: { timeout: '30s' } });
      aws.faults.inject({
        action: 'ecs:DescribeServices',
        times: 3,
        status: 500,
        body: '<html>',
        when: () => aws.faults.callsOf('ecs:UpdateService').length > 0,
      });
      expect(await environment.ensure(call, 'green', want)).toMatchObject({ version: 'v1', ready: 2 });
    });

    test.each([
      ['CODE_DEPLOY', { deploymentController: { type: 'CODE_DEPLOY' } }],
      ['EXTERNAL', { deploymentController: { type: 'EXTERNAL' }, taskDefinition: undefined }],
      ['BLUE_GREEN', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }],
      ['daemon', { schedulingStrategy: 'DAEMON' }],
    ])('a service that something else deploys (%s) is refused before anything is written', async (named, fields) => {
      const { environment } = await makeEcs(aws);
      rewriteServices(aws, (service) => ({ ...service, ...fields }));
      const failure = await deploys(environment);
      expect(failure).toMatchObject({ type: 'InvalidConfiguration', message: expect.stringContaining(named) });
      expect(failure.message).toContain('service/prod/shop-green');
      expect(aws.faults.callsOf('ecs:RegisterTaskDefinition')).toEqual([]);
    });
  });

  describe('an ECS service that Application Auto Scaling scales', () => {
    test('its minimum is kept when a version is brought up, and when it is made smaller', async () => {
      const { environment, service } = await makeEcs(aws);
      await scaleAutomatically(aws, 3, 10);
      expect(await environment.ensure(call, 'green', want)).toEqual({
        version: 'v1',
        capacity: 3,
        ready: 3,
        detail: '3 tasks: the minimum of Application Auto Scaling',
      });
      await environment.scale(call, 'green', 1);
      expect(await service('green')).toMatchObject({ desiredCount: 3 });
    });

    test('removed, nothing of it runs, whatever its minimum is', async () => {
      const { environment, service } = await makeEcs(aws);
      await scaleAutomatically(aws, 3, 10);
      await environment.ensure(call, 'green', want);
      await environment.remove(call, 'green');
      expect(await service('green')).toMatchObject({ desiredCount: 0, runningCount: 0 });
    });

    test('its maximum is enough, where the live color has more', async () => {
      const { environment, services } = await makeEcs(aws);
      await scaleAutomatically(aws, 1, 1);
      rewriteServices(aws, (service) =>
        service.serviceArn === services.green && service.desiredCount > 1 ? { ...service, desiredCount: 1, runningCount: 1 } : service,
      );
      expect(await environment.ensure(call, 'green', want)).toMatchObject({ ready: 1, detail: expect.stringContaining('at most 1') });
    });

    test('a worker that may not read it takes the service for one without', async () => {
      const { environment } = await makeEcs(aws);
      await scaleAutomatically(aws, 3, 10);
      aws.faults.deny('application-autoscaling:DescribeScalableTargets');
      expect(await environment.ensure(call, 'green', want)).toMatchObject({ capacity: 2, detail: null });
    });

    test('copies that were added meanwhile are not taken away when a deployment is asked for again', async () => {
      const { environment, services } = await makeEcs(aws);
      await environment.ensure(call, 'green', want);
      await setDesired(aws, services.green, 5);
      expect(await environment.ensure(call, 'green', want)).toMatchObject({ capacity: 5, ready: 5 });
    });
  });
});
