/** The ReplicaSet of a Deployment's newest template, and its pods. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment, V1LabelSelector, V1Pod, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import type { Call } from '../../types.ts';
import { ask } from '../ask.ts';
import { podsOf } from '../pods.ts';
import type { Place } from './place.ts';
import { isObserved } from './rollout.ts';

const HASH_LABEL = 'pod-template-hash';

/** Null where the controller has not made it yet. */
export async function currentReplicaSet(call: Call, place: Place, deployment: V1Deployment): Promise<V1ReplicaSet | null> {
  const sets = await replicaSetsOf(call, place, deployment);
  const { template } = deployment.spec!;
  const same = sets.filter(({ spec }) => spec?.template && isDeepStrictEqual(plain(spec.template), plain(template)));
  // As the controller does: of several, the oldest.
  return same.sort((a, b) => createdAt(a) - createdAt(b))[0] ?? null;
}

/** Of the newest template only. One request where no other pods are there. */
export async function readyPods(call: Call, place: Place, deployment: V1Deployment): Promise<number> {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = deployment.status ?? {};
  if (isObserved(deployment) && replicas === updatedReplicas) return readyReplicas;
  return (await currentReplicaSet(call, place, deployment))?.status?.readyReplicas ?? 0;
}

export async function replicaSetsOf(call: Call, place: Place, deployment: V1Deployment): Promise<V1ReplicaSet[]> {
  const api = place.api();
  const { namespace } = api;
  const labelSelector = selectorText(deployment.spec!.selector);
  const { items } = await ask(call, { verb: 'list', resource: 'replicasets', name: namespace }, (options) =>
    api.apps.listNamespacedReplicaSet({ namespace, labelSelector }, options),
  );
  return items.filter((set) => isOwnedBy(set, deployment.metadata!.uid!));
}

/** Of these ReplicaSets; those that are ending included. */
export async function ownPods(call: Call, place: Place, deployment: V1Deployment, sets: V1ReplicaSet[]): Promise<V1Pod[]> {
  if (sets.length === 0) return [];
  const pods = await podsOf(call, place.api(), selectorText(deployment.spec!.selector));
  return pods.filter((pod) => sets.some(({ metadata }) => isOwnedBy(pod, metadata!.uid!)));
}

/** As a list request takes it. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

const isOwnedBy = ({ metadata }: V1ReplicaSet | V1Pod, uid: string): boolean =>
  metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

/** A template without what the controller adds to it. */
function plain(template: V1PodTemplateSpec): unknown {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return JSON.parse(JSON.stringify({ ...template, metadata: { ...template.metadata, labels } }));
}

const createdAt = ({ metadata }: V1ReplicaSet): number => metadata?.creationTimestamp?.getTime() ?? 0;
