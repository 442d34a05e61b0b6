/** What a deployment makes of the pods: one container's image, what was asked for besides, and a mark. Nothing else. */
import type { V1Container, V1Deployment } from '@kubernetes/client-node';
import type { Color } from '../../../core/plan.ts';
import { filled } from '../../versionTemplate.ts';
import { type DeploymentPatch, findContainer } from './deployment.ts';
import type { Place } from './place.ts';

/** Of the pod template: which deployment made it. Another one starts anew, even for the same version. */
export const DEPLOYMENT_ANNOTATION = 'cutover.dev/deployment';

export interface Change {
  container: string;
  image: string;
  env: Record<string, string>;
  deploymentId: string;
}

export const changeOf = (
  { options, image, env }: Place,
  { color, version, deploymentId }: { color: Color; version: string; deploymentId: string },
): Change => ({
  container: options.container,
  image: filled(image, { version, color }),
  env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, { version, color })])),
  deploymentId,
});

/** Lists of a strategic merge patch are merged by name: other containers and variables stay, and so does their order. */
export const templatePatch = ({ container, image, env, deploymentId }: Change): Required<DeploymentPatch>['template'] => ({
  metadata: { annotations: { [DEPLOYMENT_ANNOTATION]: deploymentId } },
  spec: { containers: [{ name: container, image, ...withEnv(env) }] },
});

function withEnv(env: Change['env']): Partial<V1Container> {
  const entries = Object.entries(env);
  return entries.length === 0 ? {} : { env: entries.map(([name, value]) => ({ name, value })) };
}

/** Whether the Deployment is meant to run this already: the deployment may have begun. */
export function isOf(deployment: V1Deployment, change: Change): boolean {
  const container = findContainer(deployment, change.container);
  return (
    deploymentIdOf(deployment) === change.deploymentId &&
    container?.image === change.image &&
    Object.entries(change.env).every(([name, value]) => (container.env?.find((one) => one.name === name)?.value ?? '') === value)
  );
}

export const deploymentIdOf = ({ spec }: V1Deployment): string | null =>
  spec?.template.metadata?.annotations?.[DEPLOYMENT_ANNOTATION] ?? null;
