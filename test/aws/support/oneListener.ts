/** A listener that forwards to blue, for tests of the tests' AWS: changed and read through the proxy by the real SDK, and as moto holds it. */
import {
  type Action,
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach } from 'vitest';
import type { Aws } from './aws.ts';
import { type LoadBalancer, makeLoadBalancer, storedListener } from './loadBalancers.ts';

export const forwardTo = (TargetGroupArn: string): Action[] => [{ Type: 'forward', TargetGroupArn }];

export const failureOf = (sent: Promise<unknown>) =>
  sent.then(
    () => null,
    (error) => error,
  );

/** Made anew before each test. */
export function useListener(aws: Aws) {
  let balancer: LoadBalancer;
  let elb: ElasticLoadBalancingV2Client;
  beforeEach(async () => {
    balancer = await makeLoadBalancer(aws);
    // As the product's, but each request is made once: a fault is seen, not retried.
    elb = new ElasticLoadBalancingV2Client({ maxAttempts: 1 });
  });
  return {
    balancer: () => balancer,
    elb: () => elb,
    /** To green where nothing else is said. */
    modify: (actions: Action[] = forwardTo(balancer.greenArn)) =>
      elb.send(new ModifyListenerCommand({ ListenerArn: balancer.listenerArn, DefaultActions: actions })),
    described: async () =>
      (await elb.send(new DescribeListenersCommand({ ListenerArns: [balancer.listenerArn] }))).Listeners![0]!.DefaultActions!,
    stored: async () => JSON.stringify((await storedListener(aws, balancer.listenerArn)).DefaultActions),
    healthOf: async (TargetGroupArn: string) => {
      const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth!);
    },
  };
}
