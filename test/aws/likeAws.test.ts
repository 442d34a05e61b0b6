/** What the fault proxy adds to moto, so that a deployment meets here what it would meet in AWS. */
import {
  type Action,
  CreateRuleCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeRule, register, storedRule } from './support/loadBalancers.ts';
import { failureOf, forwardTo, useListener } from './support/oneListener.ts';

const weighted = (...groups: [string, number][]): Action[] => [
  { Type: 'forward', ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) } },
];
const oidc = (secret: { ClientSecret?: string; UseExistingClientSecret?: boolean }): Action => ({
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://login.example.com',
    AuthorizationEndpoint: 'https://login.example.com/authorize',
    TokenEndpoint: 'https://login.example.com/token',
    UserInfoEndpoint: 'https://login.example.com/user',
    ClientId: 'shop',
    ...secret,
  },
});

describeAws('the AWS of the tests behaves like AWS where moto does not:', () => {
  const aws = useAws();
  const { balancer, elb, modify, described, stored, healthOf } = useListener(aws);

  test('targets of a group that nothing forwards to are unused, however healthy', async () => {
    await register(aws, balancer().greenArn, ['10.0.0.1:80']);
    aws.faults.setHealth(balancer().greenArn, '*', { state: 'healthy' });
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }]);
    aws.faults.fidelity({ unused: false });
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'healthy' }]);
  });

  test('a rule, and a weight of 0, put a group to use; taking it out ends that', async () => {
    await register(aws, balancer().greenArn, ['10.0.0.1:80']);
    await modify(weighted([balancer().blueArn, 1], [balancer().greenArn, 0]));
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'healthy' }]);
    await modify(forwardTo(balancer().blueArn));
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'unused' }]);
    await makeRule(aws, { listenerArn: balancer().listenerArn, targetGroupArn: balancer().greenArn });
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'healthy' }]);
  });

  test('targets are initial for a time after their group was put to use, and after they were registered', async () => {
    aws.faults.fidelity({ initialMs: 400 });
    await register(aws, balancer().greenArn, ['10.0.0.1:80']);
    await register(aws, balancer().blueArn, ['10.0.1.1:80']);
    await modify(weighted([balancer().blueArn, 1], [balancer().greenArn, 0]));
    expect(await healthOf(balancer().greenArn)).toMatchObject([{ State: 'initial', Reason: 'Elb.RegistrationInProgress' }]);
    expect(await healthOf(balancer().blueArn)).toMatchObject([{ State: 'healthy' }]);
    await expect.poll(() => healthOf(balancer().greenArn)).toMatchObject([{ State: 'healthy' }]);
    await elb().send(new RegisterTargetsCommand({ TargetGroupArn: balancer().greenArn, Targets: [{ Id: '10.0.0.2', Port: 80 }] }));
    expect((await healthOf(balancer().greenArn)).map(({ State }) => State).sort()).toEqual(['healthy', 'initial']);
  });

  test('a test says how healthy one target is, or all', async () => {
    await register(aws, balancer().blueArn, ['10.0.0.1:80', '10.0.0.2:80']);
    const reason = { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: 'codes: [500]' } as const;
    aws.faults.setHealth(balancer().blueArn, '10.0.0.2', reason);
    expect(await healthOf(balancer().blueArn)).toMatchObject([
      { State: 'healthy' },
      { State: 'unhealthy', Reason: reason.reason, Description: reason.description },
    ]);
    aws.faults.setHealth(balancer().blueArn, '*', { state: 'draining' });
    expect((await healthOf(balancer().blueArn)).map(({ State }) => State)).toEqual(['draining', 'unhealthy']);
  });

  test('a forward to one group is described with its ARN and its configuration, whichever was written', async () => {
    const long = {
      Type: 'forward',
      TargetGroupArn: balancer().greenArn,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: balancer().greenArn, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    };
    expect((await modify()).Listeners![0]!.DefaultActions).toEqual([long]);
    expect(await described()).toEqual([long]);
    await modify(weighted([balancer().greenArn, 1]));
    expect(await described()).toEqual([long]);
    await modify(weighted([balancer().greenArn, 1], [balancer().blueArn, 0]));
    expect((await described())[0]!.TargetGroupArn).toBeUndefined();
    aws.faults.fidelity({ longShape: false });
    await modify();
    expect(await described()).toEqual(forwardTo(balancer().greenArn));
  });

  test('rules are described so too', async () => {
    const ruleArn = await makeRule(aws, { listenerArn: balancer().listenerArn, targetGroupArn: balancer().greenArn });
    const { Rules } = await elb().send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
    expect(Rules![0]!.Actions![0]!.ForwardConfig!.TargetGroups).toEqual([{ TargetGroupArn: balancer().greenArn, Weight: 1 }]);
    expect((await storedRule(aws, ruleArn)).Actions).toEqual(forwardTo(balancer().greenArn));
  });

  test('a client secret is never told, and kept only by who says so', async () => {
    const forward = { ...forwardTo(balancer().blueArn)[0]!, Order: 2 };
    await modify([oidc({ ClientSecret: 'hush' }), forward]);
    expect(JSON.stringify(await described())).not.toContain('hush');
    expect((await failureOf(modify([oidc({}), forward]))).name).toBe('InvalidLoadBalancerActionException');
    expect((await failureOf(modify([oidc({ ClientSecret: 'x', UseExistingClientSecret: true }), forward]))).name).toBe(
      'InvalidLoadBalancerActionException',
    );
    await modify([oidc({ UseExistingClientSecret: true }), { ...forward, TargetGroupArn: balancer().greenArn }]);
    expect(await stored()).toContain('hush');
    expect(await stored()).toContain(balancer().greenArn);
  });

  test('a new rule needs its client secret', async () => {
    const rule = { ListenerArn: balancer().listenerArn, Priority: 5, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }] };
    const actions = (secret: object) => [oidc(secret), { ...forwardTo(balancer().blueArn)[0]!, Order: 2 }];
    const create = (secret: object) => elb().send(new CreateRuleCommand({ ...rule, Actions: actions(secret) }));
    expect((await failureOf(create({}))).name).toBe('InvalidLoadBalancerActionException');
    expect((await create({ ClientSecret: 'hush' })).Rules).toHaveLength(1);
  });

  test('a group that does not exist cannot be forwarded to', async () => {
    expect((await failureOf(modify(forwardTo(`${balancer().greenArn}0`)))).name).toBe('TargetGroupNotFoundException');
  });

  test('a target group has the load balancers that use it', async () => {
    const balancersOf = async (arn: string) =>
      (await elb().send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).TargetGroups![0]!.LoadBalancerArns;
    expect(await balancersOf(balancer().greenArn)).toEqual([]);
    await modify();
    expect(await balancersOf(balancer().greenArn)).toEqual([balancer().loadBalancerArn]);
    expect(await balancersOf(balancer().blueArn)).toEqual([]);
  });

  test('reads may lag behind a change', async () => {
    aws.faults.staleReads(300);
    await modify();
    const before = await described();
    expect(before[0]!.TargetGroupArn).toBe(balancer().blueArn);
    expect(await stored()).toContain(balancer().greenArn);
    const { Rules } = await elb().send(new DescribeRulesCommand({ ListenerArn: balancer().listenerArn }));
    expect(Rules![0]!.Actions![0]!.TargetGroupArn).toBe(balancer().blueArn);
    await expect.poll(async () => (await described())[0]!.TargetGroupArn).toBe(balancer().greenArn);
  });
});
