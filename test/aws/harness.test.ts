import { DescribeListenersCommand, ElasticLoadBalancingV2Client, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { makeLoadBalancer, storedListener } from './support/loadBalancers.ts';

describeAws('fault proxy', () => {
  const aws = useAws();

  test('records a call by its name in IAM, with its parameters', async () => {
    const { listenerArn, greenArn } = await makeLoadBalancer(aws);
    const elb = new ElasticLoadBalancingV2Client({});
    await elb.send(
      new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: [{ Type: 'forward', TargetGroupArn: greenArn }] }),
    );
    await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
    expect(aws.faults.calls).toMatchObject([
      {
        action: 'elasticloadbalancing:ModifyListener',
        params: { ListenerArn: listenerArn, DefaultActions: [{ TargetGroupArn: greenArn }] },
        status: 200,
      },
      { action: 'elasticloadbalancing:DescribeListeners', params: { ListenerArns: [listenerArn] }, status: 200 },
    ]);
    expect((await storedListener(aws, listenerArn)).DefaultActions![0]!.TargetGroupArn).toBe(greenArn);
  });
});
