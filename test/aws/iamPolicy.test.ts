/** The published policy is what a deployment needs: the requests that the providers make are recorded, and compared with it. */
import { readdir, readFile } from 'node:fs/promises';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { cloudwatchMetric } from '../../src/providers/metrics/cloudwatch.ts';
import type { ProviderContext, Router } from '../../src/providers/types.ts';
import { call, liveThrough } from '../support/life.ts';
import { routerOf } from './albSetup.ts';
import { makeZone, NAME } from './route53Zone.ts';
import { asgEnvironmentOf, makeAsg } from './support/asgGroups.ts';
import { type Aws, useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { breakVersions, environmentOf, makeEcs } from './support/ecsServices.ts';
import { ACCOUNT, INSTANCE_ROLE, SCOPED } from './support/iamPermissions.ts';
import { compare, list, readPolicy, statementsFor } from './support/iamPolicy.ts';
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
async function fail(aws: Aws): Promise<void> {
  breakVersions(aws);
  aws.faults.rewrite('ecs:ListTasks', () => JSON.stringify({ taskArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:task/prod/stopped`] }));
  const version = { version: 'broken', capacity: 1, deploymentId: 'd' };
  const environment = await environmentOf({ timeout: '1s' });
  await expect(environment.ensure(call, 'blue', version)).rejects.toThrow(/did not come up/);
}

/** moto knows no instance refresh: that there is none is answered for it, and that one is begun is seen. */
async function refresh(aws: Aws): Promise<void> {
  const none = '<DescribeInstanceRefreshesResponse><DescribeInstanceRefreshesResult/></DescribeInstanceRefreshesResponse>';
  aws.faults.inject({ action: 'autoscaling:DescribeInstanceRefreshes', status: 200, body: none });
  aws.faults.deny('autoscaling:StartInstanceRefresh');
  const environment = await asgEnvironmentOf({ instanceRefresh: {} });
  const version = { version: 'v3', capacity: 2, deploymentId: 'refreshed' };
  await expect(environment.ensure(call, 'blue', version)).rejects.toThrow(/StartInstanceRefresh/);
}

function routerInMemory(): Router {
  let to: Color = 'blue';
  return {
    read: async () => ({ to, summary: to }),
    write: async (_call, change) => {
      to = change.to;
    },
  };
}

describeAws('the IAM policy', () => {
  const aws = useAws();

  test('allows what a load balancer and ECS services need in their life, and nothing else', async () => {
    const { onListener, onRule, values } = await makeBalancer(aws);
    const { targetGroups } = onListener;
    const { environment } = await makeEcs(aws, {
      options: { timeout: '60s' },
      service: (color) => ({ loadBalancers: [{ targetGroupArn: targetGroups[color], containerName: 'web', containerPort: 8080 }] }),
    });
    await liveThrough({ router: await routerOf(onListener), environment });
    await liveThrough({ router: await routerOf(onRule) });
    await fail(aws);
    expect(compare(statementsFor(['Alb', 'Ecs'], { ...values, ...ECS }), aws.faults.calls)).toEqual(MINIMAL);
  });

  test('allows what Auto Scaling groups need in their life, and nothing else', async () => {
    const world = await makeAsg(aws, { options: { imageId: '/shop/ami/{version}', timeout: '60s' }, group: () => ({ MinSize: 1 }) });
    for (const version of ['v1', 'v2'])
      await aws.clients.ssm.send(new PutParameterCommand({ Name: `/shop/ami/${version}`, Value: `ami-${version}`, Type: 'String' }));
    const router = routerInMemory();
    await liveThrough({ router, environment: world.environment });
    await liveThrough({ router, environment: world.environment });
    await refresh(aws);
    const { blue, green } = world.templates;
    const groups = { BLUE_GROUP: 'shop-blue', GREEN_GROUP: 'shop-green', BLUE_TEMPLATE_ID: blue, GREEN_TEMPLATE_ID: green };
    const values = { ...PLACE, ...groups, IMAGE_PARAMETER: 'shop/ami', INSTANCE_ROLE };
    expect(compare(statementsFor(['Asg'], values), aws.faults.calls)).toEqual(MINIMAL);
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

test('every operation that the providers name, in rare cases too, is one that the policy allows', async () => {
  const folder = new URL('../../src/providers/aws/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const named = sources.flatMap((source) => [...source.matchAll(/action(?: =|:) '([a-z0-9-]+:[A-Z]\w+)'/g)].map(([, action]) => action!));
  const allowed = readPolicy().Statement.flatMap(({ Action }) => list(Action));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((action) => !allowed.includes(action))).toEqual([]);
});

test.each([
  ['all of it', [''], 10_240],
  ['a load balancer and ECS', ['Alb', 'Ecs', 'CloudWatch', 'Account'], 6_144],
  ['a load balancer and Auto Scaling groups', ['Alb', 'Asg', 'CloudWatch', 'Account'], 6_144],
])('the policy for %s is small enough for IAM', (_name, parts, most) => {
  // Without white space, as IAM counts: 10,240 in a role, 6,144 as a managed policy. Names are longer than what stands for them here.
  expect(JSON.stringify(statementsFor(parts, {})).length * 1.2).toBeLessThan(most);
});

test('the policy is one that IAM takes: allowing statements, each with a name of its own', () => {
  const { Version, Statement } = readPolicy();
  expect(Version).toBe('2012-10-17');
  const names = Statement.map(({ Sid }) => Sid);
  expect(new Set(names).size).toBe(names.length);
  for (const { Sid, Effect } of Statement) {
    expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
    expect(Effect).toBe('Allow');
  }
});
