/** Task definition revisions in AWS: read, looked for, registered. */
import { DescribeTaskDefinitionCommand, ECSClient, ListTaskDefinitionsCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { clientOf } from '../clients.ts';
import type { AwsAccess } from '../options.ts';
import { EcsClientOfOneAttempt } from './clients.ts';
import type { EcsOptions } from './options.ts';
import type { EcsService } from './service.ts';
import { type Change, copyOf, imageOf, isOf, type Revision } from './taskDefinition.ts';

/** Two services may share a family: the newest revision need not be ours. */
const NEWEST = 10;

export async function readRevision(call: Call, access: AwsAccess, arn: string): Promise<Revision> {
  const client = clientOf(ECSClient, access);
  const { taskDefinition, tags = [] } = await ask(call, { action: 'ecs:DescribeTaskDefinition', resource: arn }, (abortSignal) =>
    client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] }), { abortSignal }),
  );
  return { definition: taskDefinition as Revision['definition'], tags };
}

/** Images of revisions, which never change. An emulator that is reset counts its revisions anew, but not its deployments. */
const images = new Map<string, string | null>();

/** The image that a service is meant to run in its container, or null where it has no such container. */
export async function imageOfService(call: Call, options: EcsOptions, service: EcsService): Promise<string | null> {
  const deployment = service.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
  const key = [service.taskDefinition, deployment, options.container].join(' ');
  const known = images.get(key);
  if (known !== undefined) return known;
  const { definition } = await readRevision(call, options, service.taskDefinition);
  const image = imageOf(definition, options.container);
  images.set(key, image);
  return image;
}

/** The revision of this change: the one that the deployment registered already, else a new one. */
export async function revisionOf(call: Call, access: AwsAccess, base: Revision, change: Change): Promise<Revision> {
  if (isOf(base, change)) return base;
  for (const arn of await newerThan(call, access, base)) {
    const candidate = await readRevision(call, access, arn);
    if (isOf(candidate, change)) return candidate;
  }
  return register(call, access, base, change);
}

/** Newer revisions of a family, newest first. */
export async function newerThan(call: Call, access: AwsAccess, { definition }: Revision): Promise<string[]> {
  const client = clientOf(ECSClient, access);
  const family = definition.family!;
  const { taskDefinitionArns = [] } = await ask(call, { action: 'ecs:ListTaskDefinitions', resource: `family ${family}` }, (abortSignal) =>
    client.send(new ListTaskDefinitionsCommand({ familyPrefix: family, sort: 'DESC', status: 'ACTIVE', maxResults: NEWEST }), {
      abortSignal,
    }),
  );
  return taskDefinitionArns.filter((arn) => Number(arn.split(':').at(-1)) > definition.revision!);
}

async function register(call: Call, access: AwsAccess, base: Revision, change: Change): Promise<Revision> {
  const client = clientOf(EcsClientOfOneAttempt, access);
  const input = copyOf(base, change);
  const asked = { action: 'ecs:RegisterTaskDefinition', resource: `a revision after ${base.definition.taskDefinitionArn}` };
  const { taskDefinition, tags = [] } = await ask(call, asked, (abortSignal) =>
    client.send(new RegisterTaskDefinitionCommand(input), { abortSignal }),
  );
  return { definition: taskDefinition as Revision['definition'], tags };
}
