/** An existing set-up on AWS (a listener, two target groups, two ECS services), and deployments to it by the real command. */
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { REGION, useAws } from '../aws/support/aws.ts';
import { describeAws } from '../aws/support/describeAws.ts';
import { type EcsShop, startShop } from './support/ecsShop.ts';

describeAws('on ECS behind a load balancer', () => {
  const aws = useAws();
  let shop: EcsShop;
  beforeEach(async () => {
    shop = await startShop(aws);
  });
  afterEach(() => shop?.discard());

  /** As AWS describes it. */
  const forwardsTo = async () => {
    const elb = new ElasticLoadBalancingV2Client({ region: REGION, endpoint: aws.url() });
    return (await elb.send(new DescribeListenersCommand({ ListenerArns: [shop.lb.listenerArn] }))).Listeners![0]!.DefaultActions;
  };
  const counts = async () => ({
    blue: (await shop.ecs.service('blue')).desiredCount,
    green: (await shop.ecs.service('green')).desiredCount,
  });
  const status = () => shop.service.json<StatusDocument>('status', 'shop');

  test('needs no first deployment, switches what is live, goes back while retained, and comes back after removal', {
    timeout: 180_000,
  }, async () => {
    const before = await forwardsTo();
    const planned = await shop.service.json<{ from: object; to: string; obstacles: string[] }>('plan', 'v1');
    expect(planned).toMatchObject({ from: { color: 'blue', version: 'v0', capacity: 2 }, to: 'green', obstacles: [] });

    const first = await shop.service.cutover('deploy', 'v1', '--wait');
    expect(first.stdout + first.stderr).toContain('succeeded');
    expect(first.code).toBe(0);
    await shop.service.untilStatus(({ steps }) => steps.at(-1)?.name === 'retain');
    expect(await status()).toMatchObject({ liveColor: 'green', previousVersion: 'v0', version: 'v1' });
    expect(await counts()).toEqual({ blue: 1, green: 2 });
    expect(await forwardsTo()).toMatchObject([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: shop.lb.blueArn, Weight: 0 },
            { TargetGroupArn: shop.lb.greenArn, Weight: 1 },
          ],
        },
      },
    ]);

    expect((await shop.service.cutover('rollback')).code).toBe(0);
    const back = await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(back).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', previousVersion: 'v0' });
    expect(await counts()).toEqual({ blue: 2, green: 0 });
    expect(await forwardsTo()).toEqual(before);

    await shop.service.writeFile({ ...JSON.parse(await shop.service.readFile()), retention: { duration: '100ms' } });
    expect((await shop.service.cutover('deploy', 'v2', '--wait')).code).toBe(0);
    expect((await shop.service.cutover('deploy', 'v3', '--wait')).code).toBe(0);
    await shop.service.untilStatus(({ phase }) => phase === 'ended');
    expect(await counts()).toEqual({ blue: 2, green: 0 });
    expect((await shop.service.cutover('rollback')).code).toBe(0);
    const redeployed = await shop.service.untilStatus(({ kind, phase }) => kind === 'rollback' && phase === 'ended');
    expect(redeployed).toMatchObject({ outcome: 'succeeded', version: 'v2', liveColor: 'green' });
    expect(await counts()).toEqual({ blue: 0, green: 2 });
    expect(await forwardsTo()).toEqual(JSON.parse(JSON.stringify(before).replaceAll(shop.lb.blueArn, shop.lb.greenArn)));
  });
});
