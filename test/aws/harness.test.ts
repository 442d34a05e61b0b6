/** The tests of AWS are worth what their AWS is worth: what the fault proxy says it does, it does, seen through the real SDK. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  type Action,
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../src/providers/aws/ask.ts';
import { clientOf } from '../../src/providers/aws/clients.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { type LoadBalancer, makeLoadBalancer, makeRule, register, storedListener, storedRule } from './support/loadBalancers.ts';

const MODIFY = 'elasticloadbalancing:ModifyListener';
const run = promisify(execFile);

const forwardTo = (TargetGroupArn: string): Action[] => [{ Type: 'forward', TargetGroupArn }];
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

describeAws('AWS of the tests', () => {
  const aws = useAws();
  let balancer: LoadBalancer;
  let elb: ElasticLoadBalancingV2Client;

  beforeEach(async () => {
    balancer = await makeLoadBalancer(aws);
    // As the product's, but each request is made once: a fault is seen, not retried.
    elb = new ElasticLoadBalancingV2Client({ maxAttempts: 1 });
  });

  const modify = (actions: Action[] = forwardTo(balancer.greenArn)) =>
    elb.send(new ModifyListenerCommand({ ListenerArn: balancer.listenerArn, DefaultActions: actions }));
  const described = async () =>
    (await elb.send(new DescribeListenersCommand({ ListenerArns: [balancer.listenerArn] }))).Listeners![0]!.DefaultActions!;
  const stored = async () => JSON.stringify((await storedListener(aws, balancer.listenerArn)).DefaultActions);
  const healthOf = async (TargetGroupArn: string) =>
    (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions!.map(
      ({ TargetHealth }) => TargetHealth!,
    );
  const failureOf = (sent: Promise<unknown>) =>
    sent.then(
      () => null,
      (error) => error,
    );

  test('clients of the product reach it by the standard variables, and tests past it', async () => {
    await clientOf(ElasticLoadBalancingV2Client, aws.access).send(new DescribeListenersCommand({ ListenerArns: [balancer.listenerArn] }));
    expect(aws.faults.calls).toMatchObject([{ action: 'elasticloadbalancing:DescribeListeners', status: 200 }]);
  });

  describe('records', () => {
    test('calls of the query protocol with nested parameters', async () => {
      await modify();
      await elb.send(new DescribeListenersCommand({ ListenerArns: [balancer.listenerArn] }));
      expect(aws.faults.calls).toMatchObject([
        {
          service: 'elasticloadbalancing',
          action: MODIFY,
          params: { ListenerArn: balancer.listenerArn, DefaultActions: [{ Type: 'forward', TargetGroupArn: balancer.greenArn }] },
          status: 200,
        },
        { action: 'elasticloadbalancing:DescribeListeners', params: { ListenerArns: [balancer.listenerArn] }, status: 200 },
      ]);
    });

    test('calls of JSON, EC2 and REST services by the names that IAM has for them', async () => {
      const zone = await aws.clients.route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a' }));
      await new EC2Client({}).send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:a', Values: ['b'] }] }));
      await new CloudWatchClient({}).send(new DescribeAlarmsCommand({ AlarmNames: ['red'] }));
      await failureOf(new ECSClient({}).send(new DescribeServicesCommand({ cluster: 'none', services: ['shop'] })));
      const record = { Name: 'shop.example.com', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '203.0.113.1' }] };
      const ChangeBatch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet: record }] };
      await new Route53Client({}).send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.HostedZone!.Id!, ChangeBatch }));
      expect(aws.faults.calls).toMatchObject([
        { action: 'ec2:DescribeInstances', params: { Filter: [{ Name: 'tag:a', Value: ['b'] }] }, status: 200 },
        { action: 'cloudwatch:DescribeAlarms', params: { AlarmNames: ['red'] }, status: 200 },
        { action: 'ecs:DescribeServices', params: { cluster: 'none', services: ['shop'] }, status: 400 },
        {
          action: 'route53:ChangeResourceRecordSets',
          params: { ChangeBatch: { Changes: [{ ResourceRecordSet: { Name: 'shop.example.com', TTL: '60' } }] } },
          status: 200,
        },
      ]);
    });

    test('the tries of one request each', async () => {
      aws.faults.throttle(MODIFY);
      await clientOf(ElasticLoadBalancingV2Client, aws.access).send(
        new ModifyListenerCommand({ ListenerArn: balancer.listenerArn, DefaultActions: forwardTo(balancer.greenArn) }),
      );
      expect(aws.faults.callsOf(MODIFY).map(({ status }) => status)).toEqual([400, 200]);
    });

    test('a request that it cannot decode makes the test fail instead of passing unseen', async () => {
      await fetch(`${aws.url()}/`, { method: 'POST', body: 'Action=Nothing' });
      await expect(aws.faults.clear()).rejects.toThrow(/not signed/);
    });
  });

  describe('fails as told', () => {
    test.each([
      ['elasticloadbalancing', 'AccessDenied', () => modify()],
      ['ecs', 'AccessDeniedException', () => new ECSClient({ maxAttempts: 1 }).send(new DescribeServicesCommand({ services: ['a'] }))],
      ['ec2', 'UnauthorizedOperation', () => new EC2Client({ maxAttempts: 1 }).send(new DescribeInstancesCommand({}))],
      ['cloudwatch', 'AccessDeniedException', () => new CloudWatchClient({ maxAttempts: 1 }).send(new DescribeAlarmsCommand({}))],
      [
        'route53',
        'AccessDenied',
        () =>
          new Route53Client({ maxAttempts: 1 }).send(
            new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z', ChangeBatch: { Changes: [] } }),
          ),
      ],
    ])('%s denies access with the error %s, which the product takes for final', async (service, name, send) => {
      aws.faults.deny(`${service}:*`);
      expect((await failureOf(send())).name).toBe(name);
      const call = { signal: new AbortController().signal, heartbeat: () => undefined };
      const failure = await failureOf(ask(call, { action: `${service}:X`, resource: 'r' }, send));
      expect(failure.type).toBe('PermissionDenied');
    });

    test.each([
      ['elasticloadbalancing', 'Throttling', () => modify()],
      ['ecs', 'ThrottlingException', () => new ECSClient({ maxAttempts: 1 }).send(new DescribeServicesCommand({ services: ['a'] }))],
      ['ec2', 'RequestLimitExceeded', () => new EC2Client({ maxAttempts: 1 }).send(new DescribeInstancesCommand({}))],
    ])('%s throttles with %s, once', async (service, name, send) => {
      const injection = aws.faults.throttle(`${service}:*`);
      expect((await failureOf(send())).name).toBe(name);
      expect((await failureOf(send()))?.name).not.toBe(name);
      expect(injection.hits).toBe(1);
    });

    test('an error of any code and status carries out nothing', async () => {
      aws.faults.inject({ action: MODIFY, code: 'TargetGroupAssociationLimit', message: 'one load balancer only' });
      expect(await failureOf(modify())).toMatchObject({ name: 'TargetGroupAssociationLimitException', message: 'one load balancer only' });
      aws.faults.inject({ action: MODIFY, code: 'ServiceUnavailable' });
      expect((await failureOf(modify())).$metadata.httpStatusCode).toBe(503);
      expect(await stored()).toContain(balancer.blueArn);
    });

    test('an HTML page is what the SDK cannot parse', async () => {
      aws.faults.inject({ action: MODIFY, status: 502, body: '<html><body>Bad Gateway' });
      expect((await failureOf(modify())).$metadata.httpStatusCode).toBe(502);
    });

    test('a request that is dropped has not happened, a dropped response hides that it has', async () => {
      aws.faults.inject({ action: MODIFY, drop: 'request' });
      expect((await failureOf(modify())).code).toBe('ECONNRESET');
      expect(await stored()).toContain(balancer.blueArn);
      aws.faults.inject({ action: MODIFY, drop: 'response' });
      expect((await failureOf(modify())).code).toBe('ECONNRESET');
      expect(await stored()).toContain(balancer.greenArn);
      expect(aws.faults.calls.map(({ status }) => status)).toEqual([null, null]);
    });

    test('what is applied late fails at once and happens later', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 100, code: 'InternalFailure' });
      expect((await failureOf(modify())).name).toBe('InternalFailure');
      expect(await stored()).toContain(balancer.blueArn);
      await aws.faults.lateApplied();
      expect(await stored()).toContain(balancer.greenArn);
    });

    test('what is applied before an error has happened when the error arrives', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 0, status: 500, body: '<html>' });
      expect(await failureOf(modify())).not.toBeNull();
      expect(await stored()).toContain(balancer.greenArn);
    });

    test('what would be applied after the test is not', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 60_000 });
      expect(await failureOf(modify())).not.toBeNull();
      await aws.faults.clear();
      expect(await stored()).toContain(balancer.blueArn);
    });

    test('a client that leaves during a delay gets no answer, and its request is carried out', async () => {
      aws.faults.inject({ action: MODIFY, delayMs: 150 });
      const sent = elb.send(
        new ModifyListenerCommand({ ListenerArn: balancer.listenerArn, DefaultActions: forwardTo(balancer.greenArn) }),
        {
          abortSignal: AbortSignal.timeout(50),
        },
      );
      expect((await failureOf(sent)).name).toBe('AbortError');
      await expect.poll(stored).toContain(balancer.greenArn);
    });

    test('only the requests that are meant, for as often as was said', async () => {
      const injection = aws.faults.inject({
        action: '*',
        when: ({ params }) => params.ListenerArn === balancer.listenerArn,
        times: 2,
        code: 'InternalFailure',
      });
      await described();
      for (let i = 0; i < 3; i += 1) await failureOf(modify());
      expect(aws.faults.callsOf(MODIFY).map(({ status }) => status)).toEqual([500, 500, 200]);
      expect(injection.hits).toBe(2);
    });

    test('a percentage of the requests, repeatably', async () => {
      const numbers = [0.1, 0.9, 0.3, 0.7];
      aws.faults.random = () => numbers.shift()!;
      aws.faults.inject({ action: MODIFY, percent: 50, code: 'InternalFailure' });
      for (let i = 0; i < 4; i += 1) await failureOf(modify());
      expect(aws.faults.calls.map(({ status }) => status)).toEqual([500, 200, 500, 200]);
    });
  });

  describe('behaves like AWS where moto does not:', () => {
    test('targets of a group that nothing forwards to are unused, however healthy', async () => {
      await register(aws, balancer.greenArn, ['10.0.0.1:80']);
      aws.faults.setHealth(balancer.greenArn, '*', { state: 'healthy' });
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }]);
      aws.faults.fidelity({ unused: false });
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'healthy' }]);
    });

    test('a rule, and a weight of 0, put a group to use; taking it out ends that', async () => {
      await register(aws, balancer.greenArn, ['10.0.0.1:80']);
      await modify(weighted([balancer.blueArn, 1], [balancer.greenArn, 0]));
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'healthy' }]);
      await modify(forwardTo(balancer.blueArn));
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'unused' }]);
      await makeRule(aws, { listenerArn: balancer.listenerArn, targetGroupArn: balancer.greenArn });
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'healthy' }]);
    });

    test('targets are initial for a time after their group was put to use, and after they were registered', async () => {
      aws.faults.fidelity({ initialMs: 400 });
      await register(aws, balancer.greenArn, ['10.0.0.1:80']);
      await register(aws, balancer.blueArn, ['10.0.1.1:80']);
      await modify(weighted([balancer.blueArn, 1], [balancer.greenArn, 0]));
      expect(await healthOf(balancer.greenArn)).toMatchObject([{ State: 'initial', Reason: 'Elb.RegistrationInProgress' }]);
      expect(await healthOf(balancer.blueArn)).toMatchObject([{ State: 'healthy' }]);
      await expect.poll(() => healthOf(balancer.greenArn)).toMatchObject([{ State: 'healthy' }]);
      await elb.send(new RegisterTargetsCommand({ TargetGroupArn: balancer.greenArn, Targets: [{ Id: '10.0.0.2', Port: 80 }] }));
      expect((await healthOf(balancer.greenArn)).map(({ State }) => State).sort()).toEqual(['healthy', 'initial']);
    });

    test('a test says how healthy one target is, or all', async () => {
      await register(aws, balancer.blueArn, ['10.0.0.1:80', '10.0.0.2:80']);
      const reason = { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: 'codes: [500]' } as const;
      aws.faults.setHealth(balancer.blueArn, '10.0.0.2', reason);
      expect(await healthOf(balancer.blueArn)).toMatchObject([
        { State: 'healthy' },
        { State: 'unhealthy', Reason: reason.reason, Description: reason.description },
      ]);
      aws.faults.setHealth(balancer.blueArn, '*', { state: 'draining' });
      expect((await healthOf(balancer.blueArn)).map(({ State }) => State)).toEqual(['draining', 'unhealthy']);
    });

    test('a forward to one group is described with its ARN and its configuration, whichever was written', async () => {
      const long = {
        Type: 'forward',
        TargetGroupArn: balancer.greenArn,
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: balancer.greenArn, Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      };
      expect((await modify()).Listeners![0]!.DefaultActions).toEqual([long]);
      expect(await described()).toEqual([long]);
      await modify(weighted([balancer.greenArn, 1]));
      expect(await described()).toEqual([long]);
      await modify(weighted([balancer.greenArn, 1], [balancer.blueArn, 0]));
      expect((await described())[0]!.TargetGroupArn).toBeUndefined();
      aws.faults.fidelity({ longShape: false });
      await modify();
      expect(await described()).toEqual(forwardTo(balancer.greenArn));
    });

    test('rules are described so too', async () => {
      const ruleArn = await makeRule(aws, { listenerArn: balancer.listenerArn, targetGroupArn: balancer.greenArn });
      const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
      expect(Rules![0]!.Actions![0]!.ForwardConfig!.TargetGroups).toEqual([{ TargetGroupArn: balancer.greenArn, Weight: 1 }]);
      expect((await storedRule(aws, ruleArn)).Actions).toEqual(forwardTo(balancer.greenArn));
    });

    test('a client secret is never told, and kept only by who says so', async () => {
      const forward = { ...forwardTo(balancer.blueArn)[0]!, Order: 2 };
      await modify([oidc({ ClientSecret: 'hush' }), forward]);
      expect(JSON.stringify(await described())).not.toContain('hush');
      expect((await failureOf(modify([oidc({}), forward]))).name).toBe('InvalidLoadBalancerActionException');
      expect((await failureOf(modify([oidc({ ClientSecret: 'x', UseExistingClientSecret: true }), forward]))).name).toBe(
        'InvalidLoadBalancerActionException',
      );
      await modify([oidc({ UseExistingClientSecret: true }), { ...forward, TargetGroupArn: balancer.greenArn }]);
      expect(await stored()).toContain('hush');
      expect(await stored()).toContain(balancer.greenArn);
    });

    test('a new rule needs its client secret', async () => {
      const rule = { ListenerArn: balancer.listenerArn, Priority: 5, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }] };
      const actions = (secret: object) => [oidc(secret), { ...forwardTo(balancer.blueArn)[0]!, Order: 2 }];
      const create = (secret: object) => elb.send(new CreateRuleCommand({ ...rule, Actions: actions(secret) }));
      expect((await failureOf(create({}))).name).toBe('InvalidLoadBalancerActionException');
      expect((await create({ ClientSecret: 'hush' })).Rules).toHaveLength(1);
    });

    test('a group that does not exist cannot be forwarded to', async () => {
      expect((await failureOf(modify(forwardTo(`${balancer.greenArn}0`)))).name).toBe('TargetGroupNotFoundException');
    });

    test('a target group has the load balancers that use it', async () => {
      const balancersOf = async (arn: string) =>
        (await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).TargetGroups![0]!.LoadBalancerArns;
      expect(await balancersOf(balancer.greenArn)).toEqual([]);
      await modify();
      expect(await balancersOf(balancer.greenArn)).toEqual([balancer.loadBalancerArn]);
      expect(await balancersOf(balancer.blueArn)).toEqual([]);
    });

    test('reads may lag behind a change', async () => {
      aws.faults.staleReads(300);
      await modify();
      const before = await described();
      expect(before[0]!.TargetGroupArn).toBe(balancer.blueArn);
      expect(await stored()).toContain(balancer.greenArn);
      const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: balancer.listenerArn }));
      expect(Rules![0]!.Actions![0]!.TargetGroupArn).toBe(balancer.blueArn);
      await expect.poll(async () => (await described())[0]!.TargetGroupArn).toBe(balancer.greenArn);
    });
  });

  test('each test begins with an empty account and without faults', async () => {
    const { Listeners } = await aws.clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer.loadBalancerArn }));
    expect(Listeners).toHaveLength(1);
    expect(aws.faults.calls).toEqual([]);
  });

  test('moto ends with whoever started it, however that ends', async () => {
    const program = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.argv[1], [process.argv[2]], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.once('data', () => { console.log(child.pid); process.kill(process.pid, 'SIGKILL'); });`;
    const { inject } = await import('vitest');
    const serve = new URL('../../tools/moto/serve.py', import.meta.url).pathname;
    const killed = await run(process.execPath, ['-e', program, inject('aws').python!, serve]).catch((error) => error);
    const pid = Number(killed.stdout);
    expect(pid).toBeGreaterThan(0);
    const lives = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && lives(); i += 1) await sleep(50);
    expect(lives()).toBe(false);
  });
});
