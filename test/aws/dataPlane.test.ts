/** What stands in for the load balancer in the demo and in the tests with traffic has to do with requests what AWS does. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Action, DeregisterTargetsCommand, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DataPlane, startDataPlane } from '../../src/demo/aws/dataPlane.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';
import { type LoadBalancer, makeLoadBalancer, register } from './support/loadBalancers.ts';

describeAws('the data plane', () => {
  const aws = useAws();
  let balancer: LoadBalancer;
  let plane: DataPlane;
  let servers: Server[] = [];
  /** Lets those go that asked for /slow. */
  let release: () => void;

  beforeEach(async () => {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const serve = async (name: string): Promise<string> => {
      const server = createServer(async (req, res) => {
        res.write(`${name} `);
        if (req.url === '/slow') await released;
        res.end(name);
      });
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    balancer = await makeLoadBalancer(aws);
    const { listenerArn: listener, blueArn: blue, greenArn: green } = balancer;
    await register(aws, blue, [await serve('blue')]);
    await register(aws, green, [await serve('green')]);
    plane = await startDataPlane({ elb: aws.clients.elb, listener, targetGroups: { blue, green }, port: 0 });
  });
  afterEach(async () => {
    release();
    await plane.close();
    for (const server of servers) server.close();
    servers = [];
  });

  const get = async (path = '/'): Promise<string> => {
    const answer = await fetch(`${plane.url}${path}`);
    return answer.status === 200 ? await answer.text() : String(answer.status);
  };
  const forwardTo = (...DefaultActions: Action[]) =>
    aws.clients.elb.send(new ModifyListenerCommand({ ListenerArn: balancer.listenerArn, DefaultActions }));
  const weights = (blue: number, green: number): Action => ({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: balancer.blueArn, Weight: blue },
        { TargetGroupArn: balancer.greenArn, Weight: green },
      ],
    },
  });

  test('sends new requests where the weight is, and lets those that are under way end where they began', async () => {
    expect(await get()).toBe('blue blue');
    const slow = await fetch(`${plane.url}/slow`);
    await forwardTo(weights(0, 1));
    await expect.poll(() => get()).toBe('green green');
    release();
    expect(await slow.text()).toBe('blue blue');
  });

  test('divides requests by weight', async () => {
    await forwardTo(weights(1, 1));
    await expect.poll(() => get()).toBe('green green');
    const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
    expect(new Set(answers)).toEqual(new Set(['blue blue', 'green green']));
  });

  test('answers 503 where the group with the weight has no target, whatever the other one has', async () => {
    await forwardTo(weights(0, 1));
    await expect.poll(() => get()).toBe('green green');
    const { port } = servers[1]!.address() as AddressInfo;
    const Targets = [{ Id: '127.0.0.1', Port: port }];
    await aws.clients.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: balancer.greenArn, Targets }));
    await expect.poll(() => get()).toBe('503');
  });

  test('sends nobody anywhere while the listener answers by itself', async () => {
    await forwardTo({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } });
    await expect.poll(() => get()).toBe('503');
    await forwardTo(weights(1, 0));
    await expect.poll(() => get()).toBe('blue blue');
  });
});
