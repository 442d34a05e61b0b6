/** The tests of AWS are worth what their AWS is worth: what the fault proxy says it does, it does, seen through the real SDK. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeListenersCommand, ElasticLoadBalancingV2Client, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { ask } from '../../src/providers/aws/ask.ts';
import { clientOf } from '../../src/providers/aws/clients.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { failureOf, forwardTo, useListener } from './support/oneListener.ts';

const MODIFY = 'elasticloadbalancing:ModifyListener';

describeAws('the fault proxy', () => {
  const aws = useAws();
  const { balancer, elb, modify, described, stored } = useListener(aws);

  test('clients of the product reach it by the standard variables, and tests past it', async () => {
    await clientOf(ElasticLoadBalancingV2Client, aws.access).send(new DescribeListenersCommand({ ListenerArns: [balancer().listenerArn] }));
    expect(aws.faults.calls).toMatchObject([{ action: 'elasticloadbalancing:DescribeListeners', status: 200 }]);
  });

  describe('records', () => {
    test('calls of the query protocol with nested parameters', async () => {
      await modify();
      await elb().send(new DescribeListenersCommand({ ListenerArns: [balancer().listenerArn] }));
      expect(aws.faults.calls).toMatchObject([
        {
          service: 'elasticloadbalancing',
          action: MODIFY,
          params: { ListenerArn: balancer().listenerArn, DefaultActions: [{ Type: 'forward', TargetGroupArn: balancer().greenArn }] },
          status: 200,
        },
        { action: 'elasticloadbalancing:DescribeListeners', params: { ListenerArns: [balancer().listenerArn] }, status: 200 },
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
        new ModifyListenerCommand({ ListenerArn: balancer().listenerArn, DefaultActions: forwardTo(balancer().greenArn) }),
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
      expect(await stored()).toContain(balancer().blueArn);
    });

    test('an HTML page is what the SDK cannot parse', async () => {
      aws.faults.inject({ action: MODIFY, status: 502, body: '<html><body>Bad Gateway' });
      expect((await failureOf(modify())).$metadata.httpStatusCode).toBe(502);
    });

    test('a request that is dropped has not happened, a dropped response hides that it has', async () => {
      aws.faults.inject({ action: MODIFY, drop: 'request' });
      expect((await failureOf(modify())).code).toBe('ECONNRESET');
      expect(await stored()).toContain(balancer().blueArn);
      aws.faults.inject({ action: MODIFY, drop: 'response' });
      expect((await failureOf(modify())).code).toBe('ECONNRESET');
      expect(await stored()).toContain(balancer().greenArn);
      expect(aws.faults.calls.map(({ status }) => status)).toEqual([null, null]);
    });

    test('what is applied late fails at once and happens later', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 100, code: 'InternalFailure' });
      expect((await failureOf(modify())).name).toBe('InternalFailure');
      expect(await stored()).toContain(balancer().blueArn);
      await aws.faults.lateApplied();
      expect(await stored()).toContain(balancer().greenArn);
    });

    test('what is applied before an error has happened when the error arrives', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 0, status: 500, body: '<html>' });
      expect(await failureOf(modify())).not.toBeNull();
      expect(await stored()).toContain(balancer().greenArn);
    });

    test('what would be applied after the test is not', async () => {
      aws.faults.inject({ action: MODIFY, applyAfterMs: 60_000 });
      expect(await failureOf(modify())).not.toBeNull();
      await aws.faults.clear();
      expect(await stored()).toContain(balancer().blueArn);
    });

    test('a client that leaves during a delay gets no answer, and its request is carried out', async () => {
      aws.faults.inject({ action: MODIFY, delayMs: 150 });
      const sent = elb().send(
        new ModifyListenerCommand({ ListenerArn: balancer().listenerArn, DefaultActions: forwardTo(balancer().greenArn) }),
        {
          abortSignal: AbortSignal.timeout(50),
        },
      );
      expect((await failureOf(sent)).name).toBe('AbortError');
      await expect.poll(stored).toContain(balancer().greenArn);
    });

    test('only the requests that are meant, for as often as was said', async () => {
      const injection = aws.faults.inject({
        action: '*',
        when: ({ params }) => params.ListenerArn === balancer().listenerArn,
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

  test('each test begins with an empty account and without faults', async () => {
    const { Listeners } = await aws.clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer().loadBalancerArn }));
    expect(Listeners).toHaveLength(1);
    expect(aws.faults.calls).toEqual([]);
  });
});
