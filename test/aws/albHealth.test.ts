import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { makeShop, type Shop, send } from './albSetup.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { register } from './support/loadBalancers.ts';

const MINUTE_MS = 60_000;
const FAILED = {
  state: 'unhealthy',
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed with these codes: [503]',
} as const;

describeAws('the alb router and the health of a color', () => {
  const aws = useAws();
  let shop: Shop;
  beforeEach(async () => {
    shop = await makeShop(aws);
    await register(aws, shop.blueArn, ['10.0.0.1:80', '10.0.0.2:80']);
  });

  test('a color that is in no listener is not checked, until it is prepared: then it is, and gets nobody', async () => {
    await register(aws, shop.greenArn, ['10.0.1.1:80', '10.0.1.2:80']);
    const router = await shop.router();
    const unused = await router.ready!(call(), 'green');
    expect(unused).toMatchObject({
      healthy: 0,
      wanted: 2,
      checked: false,
      detail: expect.stringContaining('10.0.1.1:80 unused Target.NotInUse'),
    });
    expect(await router.attach!(call(), 'green')).toContain('weight 0');
    expect((await router.read(call())).to).toBe('blue');
    expect(await router.ready!(call(), 'green')).toEqual({ healthy: 2, wanted: 2, checked: true, detail: null });
  });

  test('as many have to be healthy as are live, and each that is not is named with the words of AWS', async () => {
    await register(aws, shop.greenArn, ['10.0.1.1:80', '10.0.1.2:80']);
    const router = await shop.router();
    await router.attach!(call(), 'green');
    aws.faults.setHealth(shop.greenArn, '10.0.1.2', FAILED);
    expect(await router.ready!(call(), 'green')).toEqual({
      healthy: 1,
      wanted: 2,
      checked: true,
      detail: `elasticloadbalancing:DescribeTargetHealth on ${shop.greenArn}: 10.0.1.2:80 unhealthy Target.FailedHealthChecks: Health checks failed with these codes: [503]; mend these targets, or the health check of the group`,
    });
    aws.faults.setHealth(shop.blueArn, '*', FAILED);
    expect(await router.ready!(call(), 'green')).toMatchObject({ healthy: 1, wanted: 1 });
  });

  test('never none: an empty color is not ready, even where the live one is broken', async () => {
    const router = await shop.router();
    await router.attach!(call(), 'green');
    aws.faults.setHealth(shop.blueArn, '*', FAILED);
    expect(await router.ready!(call(), 'green')).toEqual({
      healthy: 0,
      wanted: 1,
      checked: true,
      detail: expect.stringContaining(`${shop.greenArn}: no targets are registered`),
    });
  });

  test('where the file says how many are enough, the live color is not asked', async () => {
    await register(aws, shop.greenArn, ['10.0.1.1:80']);
    const router = await shop.router({ minHealthyTargets: 1 });
    await router.attach!(call(), 'green');
    expect(await router.ready!(call(), 'green')).toMatchObject({ healthy: 1, wanted: 1 });
    expect(aws.faults.callsOf('elasticloadbalancing:DescribeTargetHealth')).toHaveLength(1);
  });

  test('targets that were put to use just now are said to be on their way', async () => {
    await register(aws, shop.greenArn, ['10.0.1.1:80']);
    aws.faults.fidelity({ initialMs: 60_000 });
    const router = await shop.router({ minHealthyTargets: 1 });
    await router.attach!(call(), 'green');
    expect(await router.ready!(call(), 'green')).toMatchObject({
      healthy: 0,
      checked: true,
      detail: expect.stringContaining('initial Elb.RegistrationInProgress'),
    });
  });

  test('a sixth target group is not tried', async () => {
    const full = [shop.blueArn, ...[1, 2, 3, 4].map((i) => shop.blueArn.replace('blue', `other${i}`))];
    await shop.put([
      { Type: 'forward', ForwardConfig: { TargetGroups: full.map((TargetGroupArn, i) => ({ TargetGroupArn, Weight: i ? 0 : 1 })) } },
    ]);
    const router = await shop.router();
    await expect(router.attach!(call(), 'green')).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringMatching(/no more than 5 .*green/),
    });
    expect(aws.faults.callsOf('elasticloadbalancing:ModifyListener')).toEqual([]);
  });

  test('the color that users are on is not prepared', async () => {
    const router = await shop.router();
    await expect(router.attach!(call(), 'blue')).rejects.toMatchObject({ type: 'Drift', details: { found: { to: 'blue' } } });
  });

  test('both groups are known by their ARNs, for whoever has to fit them', async () => {
    const router = await shop.router({ targetGroups: { blue: shop.blueName, green: shop.greenName } });
    expect(await router.targets!(call())).toEqual({ blue: shop.blueArn, green: shop.greenArn });
  });

  test('reads at the same time are one request', async () => {
    const router = await shop.router();
    await Promise.all([router.read(call()), router.snapshot!(call())]);
    expect(aws.faults.calls).toHaveLength(1);
  });

  test('a read that fails while another waits for it fails for both, and for nobody else', async () => {
    aws.faults.deny('elasticloadbalancing:DescribeListeners');
    const router = await shop.router();
    const failed = await Promise.allSettled([router.read(call()), router.snapshot!(call())]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  describe('the requests that a color got lately', () => {
    const count = (group: string, minutesAgo: number, Value: number) =>
      aws.clients.cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/ApplicationELB',
          MetricData: [
            {
              MetricName: 'RequestCount',
              Timestamp: new Date(Date.now() - minutesAgo * MINUTE_MS),
              Value,
              Dimensions: [
                { Name: 'LoadBalancer', Value: shop.loadBalancerArn.split(':loadbalancer/')[1] },
                { Name: 'TargetGroup', Value: group.slice(group.indexOf('targetgroup/')) },
              ],
            },
          ],
        }),
      );
    const longAgo = () => Date.now() - 60 * MINUTE_MS;

    test('are counted in the newest minutes, of this color only', async () => {
      await count(shop.blueArn, 1, 5);
      await count(shop.blueArn, 2, 7);
      await count(shop.blueArn, 30, 1000);
      await count(shop.greenArn, 1, 100);
      expect(await (await shop.router()).recentRequests!(call(), 'blue', longAgo())).toBe(12);
    });

    test('are none where AWS reports none, and unknown right after the switch', async () => {
      const router = await shop.router();
      expect(await router.recentRequests!(call(), 'blue', longAgo())).toBe(0);
      expect(await router.recentRequests!(call(), 'blue', Date.now())).toBeNull();
    });

    test('are unknown without the right to read them: a deployment ends all the same', async () => {
      aws.faults.deny('cloudwatch:GetMetricData');
      expect(await (await shop.router()).recentRequests!(call(), 'blue', longAgo())).toBeNull();
    });

    test('are unknown behind a network load balancer, which counts per balancer only', async () => {
      // As AWS names it; moto calls every load balancer an application's.
      const router = await shop.router({ listener: shop.listenerArn.replace('listener/app/', 'listener/net/') });
      expect(await router.recentRequests!(call(), 'blue', longAgo())).toBeNull();
      expect(aws.faults.calls).toEqual([]);
    });
  });

  test('a network load balancer is prepared and switched like any other', async () => {
    const network = await makeShop(aws, { type: 'network' });
    const router = await network.router();
    const snapshot = await router.snapshot!(call());
    await router.attach!(call(), 'green');
    await send(router, 'green');
    expect((await router.read(call())).to).toBe('green');
    await router.settle!(call(), { live: 'green', snapshot });
    expect(await network.actions()).toMatchObject([{ Type: 'forward', TargetGroupArn: network.greenArn }]);
  });
});
