import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ProviderContext } from '../../src/providers/types.ts';
import { call } from '../contract/routerContract.ts';
import { endpoints, makeShop, type Shop, send } from './albSetup.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeLoadBalancer, makeTargetGroup } from './support/loadBalancers.ts';

const ELB = 'elasticloadbalancing';

describeAws('what the alb router finds before a deployment', () => {
  const aws = useAws();
  let shop: Shop;
  beforeEach(async () => {
    shop = await makeShop(aws);
  });
  const inspect = async (change: object = {}, known: ProviderContext['endpoints'] = endpoints) =>
    (await shop.router({ ...change }, known)).inspect!(call());
  const finding = (severity: 'error' | 'warning', message: RegExp, cure: RegExp = /./) => ({
    severity,
    message: expect.stringMatching(message),
    cure: expect.stringMatching(cure),
  });
  const groups = (blue: string, green: string) => ({ targetGroups: { blue, green } });
  const put = (TargetGroups: { TargetGroupArn: string; Weight: number }[], Enabled = false) =>
    shop.put([
      {
        Type: 'forward',
        ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: { Enabled, ...(Enabled && { DurationSeconds: 60 }) } },
      },
    ]);

  test('nothing, where nothing is wrong: on a listener, on a rule, with a test listener, in the middle of a deployment; and nothing is written', async () => {
    expect(await inspect()).toEqual([]);
    expect(await inspect(groups(shop.blueName, shop.greenName))).toEqual([]);
    const rule = await makeShop(aws, { on: 'rule', test: true });
    expect(await (await rule.router()).inspect!(call())).toEqual([]);
    expect(aws.faults.calls.filter(({ action }) => !/:(Describe|Get)/.test(action))).toEqual([]);
    const router = await shop.router();
    await router.attach!(call(), 'green');
    expect(await inspect()).toEqual([]);
    await send(router, 'green');
    expect(await inspect()).toEqual([]);
  });

  test('two names of one target group', async () => {
    expect(await inspect(groups(shop.blueName, shop.blueArn))).toContainEqual(
      finding('error', new RegExp(`the same target group, ${shop.blueArn}`), /of its own/),
    );
  });

  test('a target group of another load balancer', async () => {
    const other = await makeLoadBalancer(aws);
    expect(await inspect(groups(shop.blueArn, other.blueArn))).toEqual([
      finding(
        'error',
        new RegExp(`${other.blueArn} belongs to another load balancer \\(${other.loadBalancerArn}\\)`),
        /name a target group of/,
      ),
    ]);
  });

  test('target groups that differ in health check, protocol or VPC', async () => {
    const check = { HealthCheckPath: '/up', HealthCheckIntervalSeconds: 7, Matcher: { HttpCode: '204' } };
    const checked = await makeTargetGroup(aws, { Name: 'checked', ...check });
    expect(await inspect(groups(shop.blueArn, checked))).toEqual([
      finding('warning', /differ in path \(\/ and \/up\), interval \(30 and 7\), success codes \(200 and 204\)/, /same health check/),
    ]);
    const secure = await makeTargetGroup(aws, { Name: 'secure', Protocol: 'HTTPS', HealthCheckProtocol: 'HTTP' });
    expect(await inspect(groups(shop.blueArn, secure))).toEqual([finding('warning', /differ in protocol: HTTP and HTTPS/, /same/)]);
    const plain = await makeTargetGroup(aws, { Name: 'plain', Protocol: 'TCP', HealthCheckProtocol: 'HTTP' });
    expect(await inspect(groups(shop.blueArn, plain))).toContainEqual(finding('error', /differ in protocol: HTTP and TCP/, /same/));
    const { Vpc } = await aws.clients.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
    const elsewhere = await makeTargetGroup(aws, { Name: 'elsewhere', VpcId: Vpc!.VpcId! });
    expect(await inspect(groups(shop.blueArn, elsewhere))).toEqual([finding('error', /differ in VPC: vpc-\w+ and vpc-\w+/, /VPC/)]);
  });

  test('stickiness, of groups and of targets', async () => {
    await put([{ TargetGroupArn: shop.blueArn, Weight: 1 }], true);
    expect(await inspect()).toEqual([finding('warning', /target group stickiness on: the old target group leaves/, /testListener/)]);
    await put([{ TargetGroupArn: shop.blueArn, Weight: 1 }]);
    const Attributes = [
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'stickiness.type', Value: 'lb_cookie' },
    ];
    await aws.clients.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: shop.greenArn, Attributes }));
    expect(await inspect()).toEqual([finding('warning', new RegExp(`${shop.greenArn} has stickiness on \\(lb_cookie\\)`), /sessions/)]);
  });

  test('an action that is not the two colors', async () => {
    const other = await makeTargetGroup(aws, { Name: 'other' });
    await put([{ TargetGroupArn: other, Weight: 1 }]);
    expect(await inspect()).toEqual([finding('error', new RegExp(`${shop.listenerArn} forwards to neither`), /forward to the color/)]);
    await put([
      { TargetGroupArn: shop.blueArn, Weight: 1 },
      { TargetGroupArn: other, Weight: 0 },
    ]);
    expect(await inspect()).toEqual([
      finding('error', /target groups that are neither color: .*other\/\w+ with weight 0/, /take them out/),
    ]);
    await put([
      { TargetGroupArn: shop.blueArn, Weight: 90 },
      { TargetGroupArn: shop.greenArn, Weight: 10 },
    ]);
    expect(await inspect()).toEqual([finding('error', /more than one color.*weight 90 .*weight 10/, /all the weight/)]);
    await shop.put([{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }]);
    expect(await inspect()).toEqual([finding('error', /forwards to neither .*answers 503 itself/)]);
  });

  test('a sixth target group', async () => {
    const others = await Promise.all([1, 2, 3, 4].map((i) => makeTargetGroup(aws, { Name: `other-${i}` })));
    await put([{ TargetGroupArn: shop.blueArn, Weight: 1 }, ...others.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 0 }))]);
    expect(await inspect()).toContainEqual(finding('error', new RegExp(`no more than 5: ${shop.greenArn}`), /take out/));
  });

  test('a rule of another listener, and the default rule', async () => {
    const other = await makeShop(aws, { on: 'rule' });
    expect(await inspect({ rule: other.options.rule })).toEqual([
      finding('error', new RegExp(`${other.options.rule} belongs to another listener`), /name the listener/),
    ]);
  });

  test('a test listener of another load balancer, or one that forwards elsewhere', async () => {
    const other = await makeShop(aws, { test: true });
    expect(await inspect({ testListener: other.listenerArns[1] })).toEqual([
      finding('error', /another load balancer/, /same load balancer/),
    ]);
    const own = await makeShop(aws, { test: true });
    const DefaultActions = [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '404' } }];
    await aws.clients.elb.send(new ModifyListenerCommand({ ListenerArn: own.listenerArns[1], DefaultActions }));
    expect(await (await own.router()).inspect!(call())).toEqual([finding('error', /answers 404 itself/, /leave testListener out/)]);
  });

  test('what does not exist', async () => {
    const gone = `${shop.listenerArn.slice(0, -4)}dead`;
    expect(await inspect({ listener: gone })).toContainEqual(finding('error', new RegExp(`${ELB}:DescribeListeners on ${gone}`), /check/));
    expect(await inspect(groups(shop.blueArn, 'nowhere'))).toEqual([finding('error', /DescribeTargetGroups on nowhere/, /check/)]);
  });

  test.each([
    'DescribeListeners',
    'DescribeTargetGroups',
    'DescribeTargetGroupAttributes',
    'DescribeLoadBalancerAttributes',
    'DescribeTargetHealth',
  ])('a missing right to %s, by its name', async (operation) => {
    aws.faults.deny(`${ELB}:${operation}`);
    expect(await inspect()).toContainEqual(
      finding('error', new RegExp(`${ELB}:${operation} on .*(arn:aws:).* is not allowed`), new RegExp(operation)),
    );
  });

  test('a missing right to read metrics, which a deployment can do without', async () => {
    aws.faults.deny('cloudwatch:GetMetricData');
    expect(await inspect()).toEqual([
      finding('warning', /cloudwatch:GetMetricData on .* is not allowed/, /allow cloudwatch:GetMetricData/),
    ]);
  });

  test('AWS that does not answer is no finding', async () => {
    aws.faults.inject({ action: `${ELB}:*`, times: 30, code: 'InternalFailure', status: 500 });
    await expect(inspect()).rejects.toMatchObject({ type: 'Unavailable' });
  });

  describe('an application that closes idle connections', () => {
    const listening = async (keepAliveTimeout: number): Promise<ProviderContext['endpoints']> => {
      const server = createServer((_, response) => response.end('ok'));
      server.keepAliveTimeout = keepAliveTimeout;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      return { blue: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, green: null, preview: null };
    };

    test('before the load balancer does', async () => {
      expect(await inspect({}, await listening(5_000))).toEqual([
        finding('warning', /closes idle connections after 5 s, and arn:aws:.* keeps them for 60 s/, /longer than 60 s/),
      ]);
    });

    test('before a load balancer whose idle timeout was changed', async () => {
      const Attributes = [{ Key: 'idle_timeout.timeout_seconds', Value: '4000' }];
      await aws.clients.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: shop.loadBalancerArn, Attributes }));
      expect(await inspect({}, await listening(75_000))).toEqual([finding('warning', /after 75 s, .* for 4000 s/)]);
    });

    test('after the load balancer, or that does not answer, is nothing to say', async () => {
      expect(await inspect({}, await listening(75_000))).toEqual([]);
      expect(await inspect({}, { blue: 'http://127.0.0.1:1', green: null, preview: null })).toEqual([]);
    });
  });
});
