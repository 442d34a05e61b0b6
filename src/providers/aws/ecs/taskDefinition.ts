/** A revision that differs from another one in one container's image and what was asked for besides, and in nothing else. */
import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { Failure } from '../../../core/failure.ts';

/** Which deployment registered a revision. */
const DEPLOYMENT_TAG = 'cutover:deployment';

export interface Revision {
  definition: TaskDefinition & { taskDefinitionArn: string };
  tags: Tag[];
}

export interface Change {
  container: string;
  image: string;
  env: Record<string, string>;
  deploymentId: string;
}

/** What AWS says of a revision and takes from nobody. What it may learn to say in future is copied. */
const READ_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
] as const satisfies (keyof TaskDefinition)[];

export function copyOf({ definition, tags }: Revision, change: Change): RegisterTaskDefinitionCommandInput {
  const copied: Partial<TaskDefinition> = { ...definition };
  for (const key of READ_ONLY) delete copied[key];
  const container = containerOf(definition, change.container);
  const changed = { ...container, image: change.image, ...withEnv(container, change.env) };
  return {
    ...copied,
    family: definition.family!,
    containerDefinitions: definition.containerDefinitions!.map((one) => (one === container ? changed : one)),
    tags: [...tags.filter(isCopied), { key: DEPLOYMENT_TAG, value: change.deploymentId }],
  };
}

/** Whether a revision is what `copyOf` asks for: a deployment may have begun already. */
export const isOf = ({ definition, tags }: Revision, { container, image, deploymentId }: Change): boolean =>
  tags.some(({ key, value }) => key === DEPLOYMENT_TAG && value === deploymentId) && imageOf(definition, container) === image;

export const imageOf = ({ containerDefinitions = [] }: TaskDefinition, name: string): string | null =>
  containerDefinitions.find((container) => container.name === name)?.image ?? null;

/** Throws NotFound that says which containers there are. */
export function containerOf({ containerDefinitions = [], taskDefinitionArn }: TaskDefinition, name: string): ContainerDefinition {
  const found = containerDefinitions.find((container) => container.name === name);
  if (found) return found;
  const names = containerDefinitions.map((container) => container.name).join(', ');
  throw new Failure(
    'NotFound',
    `the task definition ${taskDefinitionArn} has no container ${JSON.stringify(name)} (it has: ${names}); correct environment.container`,
  );
}

/** Without a word to say, the container stays as it is, an absent list included. */
function withEnv({ environment = [] }: ContainerDefinition, env: Record<string, string>): Partial<ContainerDefinition> {
  const names = Object.keys(env);
  if (names.length === 0) return {};
  const kept = environment.map((one) => (one.name !== undefined && Object.hasOwn(env, one.name) ? { ...one, value: env[one.name]! } : one));
  const added = names.filter((name) => !environment.some((one) => one.name === name)).map((name) => ({ name, value: env[name]! }));
  return { environment: [...kept, ...added] };
}

/** AWS's own tags cannot be given by others, and the mark of another deployment is not this one's. */
const isCopied = ({ key }: Tag): boolean => key !== DEPLOYMENT_TAG && !key?.toLowerCase().startsWith('aws:');
