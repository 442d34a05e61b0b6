/** A Deployment: read, and written as nothing but what a deployment changes of it. */
import type { V1Container, V1Deployment } from '@kubernetes/client-node';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { FIELD_MANAGER } from '../api.ts';
import { ask } from '../ask.ts';
import { deploymentName, type Place, qualified } from './place.ts';

/** Throws NotFound. */
export async function readDeployment(call: Call, place: Place, color: Color): Promise<V1Deployment> {
  const found = await findDeployment(call, place, color);
  if (found) return found;
  const { namespace } = place.api();
  throw new Failure(
    'NotFound',
    `there is no Deployment ${namespace}/${deploymentName(place, color)}; create it, or correct environment.deployments.${color}, the namespace or the context`,
  );
}

export async function findDeployment(call: Call, place: Place, color: Color): Promise<V1Deployment | null> {
  const api = place.api();
  const { namespace } = api;
  const name = deploymentName(place, color);
  try {
    return await ask(call, { verb: 'get', resource: 'deployments', name: qualified(api, name) }, (options) =>
      api.apps.readNamespacedDeployment({ name, namespace }, options),
    );
  } catch (error) {
    if (error instanceof Failure && error.type === 'NotFound') return null;
    throw error;
  }
}

/** As JSON, as far as it is written. */
export interface DeploymentPatch {
  replicas?: number;
  template?: { metadata: { annotations: Record<string, string> }; spec: { containers: Partial<V1Container>[] } };
}

/** Only if nobody wrote since it was read: throws Conflict, and nothing is written. */
export async function patchDeployment(call: Call, place: Place, read: V1Deployment, spec: DeploymentPatch): Promise<V1Deployment> {
  const api = place.api();
  const { namespace } = api;
  const { name, resourceVersion } = read.metadata!;
  const body = { metadata: { resourceVersion }, spec };
  return ask(call, { verb: 'patch', resource: 'deployments', name: qualified(api, name!), patch: 'strategic' }, (options) =>
    api.apps.patchNamespacedDeployment({ name: name!, namespace, body, fieldManager: FIELD_MANAGER }, options),
  );
}

export const nameOf = ({ metadata }: V1Deployment): string => `${metadata?.namespace}/${metadata?.name}`;

/** The default of the API. */
export const replicasOf = ({ spec }: V1Deployment): number => spec?.replicas ?? 1;

export const findContainer = ({ spec }: V1Deployment, name: string): V1Container | undefined =>
  spec?.template.spec?.containers.find((container) => container.name === name);

/** Throws NotFound that says which containers there are. */
export function containerOf(deployment: V1Deployment, name: string): V1Container {
  const found = findContainer(deployment, name);
  if (found) return found;
  const names = deployment.spec?.template.spec?.containers.map((container) => container.name).join(', ');
  throw new Failure(
    'NotFound',
    `the Deployment ${nameOf(deployment)} has no container ${JSON.stringify(name)} (it has: ${names}); correct environment.container`,
  );
}

/** Why nothing can be deployed to it as it is, and what to do; null where it can. */
export function unfit(deployment: V1Deployment): { message: string; cure: string } | null {
  const of = `the Deployment ${nameOf(deployment)}`;
  if (deployment.metadata?.deletionTimestamp)
    return { message: `${of} is being deleted`, cure: 'wait until it is gone, and create it anew' };
  if (deployment.spec?.paused)
    return { message: `${of} is paused: nothing that is written to it is rolled out`, cure: 'resume it: kubectl rollout resume' };
  return null;
}

/** One that can be deployed to. Throws NotFound, and InvalidConfiguration where it cannot. */
export async function readUsable(call: Call, place: Place, color: Color): Promise<V1Deployment> {
  const deployment = await readDeployment(call, place, color);
  const why = unfit(deployment);
  if (why) throw new Failure('InvalidConfiguration', `${why.message}; ${why.cure}`);
  containerOf(deployment, place.options.container);
  return deployment;
}
