/** The published policy is what a deployment needs: the requests that the providers make are recorded, and compared with it. */
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { cloudwatchMetric } from '../../src/providers/metrics/cloudwatch.ts';
import type { ProviderContext } from '../../src/providers/types.ts';
import { routerOf } from './albSetup.ts';
import { makeZone, NAME } from './route53Zone.ts';
import { type Aws, useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { breakVersions, type EcsWorld, makeEcs } from './support/ecsServices.ts';
import { ACCOUNT, SCOPED } from './support/iamPermissions.ts';
import { compare, list, readPolicy, statementsFor } from './support/iamPolicy.ts';
import { call, liveThrough } from './support/life.ts';
import { makeLoadBalancer, makeRule, makeTargetGroup, register } from './support/loadBalancers.ts';

const MINIMAL = { denied: [], unused: [] };
const PLACE = { REGION: 'eu-west-1', ACCOUNT_ID: ACCOUNT };
const ECS = {
  CLUSTER: 'prod',
  BLUE_SERVICE: 'shop-blue',
  GREEN_SERVICE: 'shop-green',
  BLUE_FAMILY: 'shop-blue',
  GREEN_FAMILY: 'shop-green',
  TASK_ROLE: 'shop',
  EXECUTION_ROLE: 'shop-execution',
};

const context: ProviderContext = {
  service: 'shop',
  folder: '/',
  stateDir: '/',
  endpoints: { blue: null, green: null, preview: null },
  router: { type: 'command', options: {} },
};

/** A load balancer with a listener, one for tests, and a rule that two target groups of its own serve; and what the policy calls them. */
async function makeBalancer(aws: Aws) {
  const balancer = await makeLoadBalancer(aws, { listeners: 2 });
  const { listenerArn, blueArn: blue, greenArn: green } = balancer;
  const ofRule = { blue: await makeTargetGroup(aws, { Name: 'rule-blue' }), green: await makeTargetGroup(aws, { Name: 'rule-green' }) };
  const rule = await makeRule(aws, { listenerArn, targetGroupArn: ofRule.blue });
  for (const [index, group] of [blue, green, ofRule.blue, ofRule.green].entries()) await register(aws, group, [`10.0.0.${index}:80`]);
  const [, , name, id] = balancer.loadBalancerArn.split('/');
  const [listener, testListener, ruleId] = [...balancer.listenerArns, rule].map((arn) => arn.split('/').at(-1));
  return {
    onListener: { listener: listenerArn, testListener: balancer.listenerArns[1]!, targetGroups: { blue, green } },
    onRule: { listener: listenerArn, rule, targetGroups: { blue: 'rule-blue', green: 'rule-green' } },
    values: {
      ...PLACE,
      LOAD_BALANCER: name!,
      LOAD_BALANCER_ID: id!,
      LISTENER_ID: listener!,
      TEST_LISTENER_ID: testListener!,
      RULE_ID: ruleId!,
    },
  };
}

/** A version that does not come up has its tasks looked at. */
async function fail(aws: Aws, { environment }: EcsWorld): Promise<void> {
  breakVersions(aws);
  aws.faults.rewrite('ecs:ListTasks', () => JSON.stringify({ taskArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:task/prod/stopped`] }));
  const version = { version: 'broken', capacity: 1, deploymentId: 'd' };
  await expect(environment.ensure(call, 'blue', version)).rejects.toThrow(/did not come up/);
}

describeAws('the IAM policy', () => {
  const aws = useAws();

  test('allows what a load balancer and ECS services need in their life, and nothing else', async () => {
    const { onListener, onRule, values } = await makeBalancer(aws);
    const { targetGroups } = onListener;
    const ecs = await makeEcs(aws, {
      service: (color) => ({ loadBalancers: [{ targetGroupArn: targetGroups[color], containerName: 'web', containerPort: 8080 }] }),
    });
    await liveThrough({ router: await routerOf(onListener), environment: ecs.environment });
    await liveThrough({ router: await routerOf(onRule) });
    await fail(aws, ecs);
    expect(compare(statementsFor(['Alb', 'Ecs'], { ...values, ...ECS }), aws.faults.calls)).toEqual(MINIMAL);
  });

  test('allows what a DNS record needs in its life, and nothing else', async () => {
    const zone = await makeZone(aws);
    await zone.put({ Name: `${NAME}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.10' }, { Value: '203.0.113.11' }] });
    await liveThrough({ router: await zone.router() });
    expect(compare(statementsFor(['Route53'], { HOSTED_ZONE_ID: zone.id, RECORD_NAME: NAME }), aws.faults.calls)).toEqual(MINIMAL);
  });

  test('allows what metrics and alarms need, and nothing else', async () => {
    const { onListener, onRule } = await makeBalancer(aws);
    await aws.clients.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'shop-errors',
        Namespace: 'Shop',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const metric = { namespace: 'Shop', name: 'Errors', dimensions: { Color: '{color}' }, statistic: 'Sum' };
    const preset = { preset: 'alb-5xx-rate', loadBalancer: onListener.listener, targetGroups: onRule.targetGroups };
    for (const options of [preset, { metric }, { alarms: ['shop-errors'] }]) {
      const source = await cloudwatchMetric.create(cloudwatchMetric.options.parse(options), context);
      await source.inspect?.(call);
      await source.query(call, { color: 'green', version: 'v1', since: Date.now() - 600_000, cursor: null });
    }
    expect(compare(statementsFor(['CloudWatch'], {}), aws.faults.calls)).toEqual(MINIMAL);
  });

  test('allows the worker the role of another account that a service file names', async () => {
    const { onListener } = await makeBalancer(aws);
    const router = await routerOf({ ...onListener, assumeRole: 'arn:aws:iam::210987654321:role/cutover' });
    // In the other account there is no such listener.
    await expect(router.read(call)).rejects.toThrow(/DescribeListeners/);
    const assumed = aws.faults.callsOf('sts:AssumeRole');
    expect(assumed).toHaveLength(1);
    expect(compare(statementsFor(['Account'], { OTHER_ACCOUNT_ID: '210987654321', ROLE: 'cutover' }), assumed)).toEqual(MINIMAL);
  });
});

test('a request that the policy does not allow is noticed, and a right that nothing needs', () => {
  const other = { at: 0, service: 'ecs', action: 'ecs:UpdateService', params: { cluster: 'prod', service: 'other' }, status: 200 };
  expect(compare(statementsFor(['EcsDeploy'], { ...PLACE, ...ECS }), [other])).toEqual({
    denied: [`ecs:UpdateService on arn:aws:ecs:eu-west-1:${ACCOUNT}:service/prod/other {}`],
    unused: ['EcsDeployScaleAndRemove: ecs:UpdateService'],
  });
});

test('the policy names resources wherever AWS knows them', () => {
  const open = readPolicy().Statement.filter(({ Resource, Condition }) => list(Resource).includes('*') && !Condition);
  expect(open.flatMap(({ Action }) => list(Action)).filter((action) => action in SCOPED)).toEqual([]);
});

test('the policy is one that IAM takes: allowing statements, each with a name of its own, within the size of a managed policy', () => {
  const { Version, Statement } = readPolicy();
  expect(Version).toBe('2012-10-17');
  const names = Statement.map(({ Sid }) => Sid);
  expect(new Set(names).size).toBe(names.length);
  for (const { Sid, Effect } of Statement) {
    expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
    expect(Effect).toBe('Allow');
  }
  expect(JSON.stringify(readPolicy()).length).toBeLessThan(6_144);
});
