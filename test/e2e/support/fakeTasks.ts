/**
 * What would run in ECS, which moto does not run: for each color a server that says of itself what the control plane says of the
 * color's service, and a front that sends every request where the listener forwards to.
 */

import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type Service } from '@aws-sdk/client-ecs';
import { COLORS, type Color } from '../../../src/core/plan.ts';
import type { Aws } from '../../aws/support/aws.ts';
import { type LoadBalancer, storedListener } from '../../aws/support/loadBalancers.ts';
import { startAnswering } from '../../support/answeringServer.ts';

export interface FakeTasks {
  endpoints: { blue: string; green: string };
  front: string;
  close(): Promise<void>;
}

/** `services`: the ECS service of each color, in `cluster`. */
export async function startFakeTasks(
  aws: Aws,
  lb: LoadBalancer,
  cluster: string,
  services: { blue: string; green: string },
): Promise<FakeTasks> {
  const live = async (): Promise<Color> => {
    const [action] = (await storedListener(aws, lb.listenerArn)).DefaultActions ?? [];
    const groups = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn, Weight: 1 }];
    return groups.find(({ Weight }) => (Weight ?? 1) > 0)?.TargetGroupArn === lb.blueArn ? 'blue' : 'green';
  };
  const answer = async (color: Color): Promise<[number, string]> => {
    const version = await runningVersion(aws, cluster, services[color]);
    return version === null ? [503, 'no task runs'] : [200, JSON.stringify({ version, color })];
  };
  const servers = await Promise.all([...COLORS, null].map((color) => startAnswering(async () => answer(color ?? (await live())))));
  const [blue, green, front] = servers.map(({ url }) => url) as [string, string, string];
  return { endpoints: { blue, green }, front, close: async () => void (await Promise.all(servers.map((server) => server.close()))) };
}

async function runningVersion(aws: Aws, cluster: string, service: string): Promise<string | null> {
  const found: Service | undefined = (await aws.clients.ecs.send(new DescribeServicesCommand({ cluster, services: [service] })))
    .services?.[0];
  if (!found?.desiredCount) return null;
  const { taskDefinition } = await aws.clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: found.taskDefinition }));
  return (
    taskDefinition?.containerDefinitions
      ?.find(({ name }) => name === 'web')
      ?.image?.split(':')
      .at(-1) ?? null
  );
}
