/** How far a Deployment is, as `kubectl rollout status` reads it. */
import type { V1Deployment } from '@kubernetes/client-node';
import { replicasOf } from './deployment.ts';

export type Rollout =
  /** `waits`: in words, for a person. */
  | { state: 'done' | 'under-way'; waits: string }
  /** The cluster has given it up. */
  | { state: 'failed'; reason: string };

/** Whether the controller has seen the newest spec: before that, the status is of another one. */
export const isObserved = ({ metadata, status }: V1Deployment): boolean => (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);

/** Whether its controller has scaled all of it down: what is left of its pods is ending, and no part of a rolling update. */
export const isScaledDown = (deployment: V1Deployment): boolean => replicasOf(deployment) === 0 && isObserved(deployment);

/** Whether all of it is of its newest template, and at least `least` pods are available. */
export function rolloutOf(deployment: V1Deployment, least: number): Rollout {
  if (!isObserved(deployment)) return { state: 'under-way', waits: 'the Deployment controller has not seen the change yet' };
  const late = condition(deployment, 'Progressing');
  if (late?.status === 'False' && late.reason === 'ProgressDeadlineExceeded')
    return { state: 'failed', reason: `ProgressDeadlineExceeded: ${late.message}` };
  const wanted = replicasOf(deployment);
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  const old = replicas - updatedReplicas;
  const ready = Math.max(0, readyReplicas - old);
  const notes = [
    ...(wanted < least ? [`somebody has set its replicas below ${least}`] : []),
    ...(old > 0 ? [`${old} of an older template are there`] : []),
    ...(ready >= wanted && availableReplicas < wanted ? [`${availableReplicas} were ready for minReadySeconds`] : []),
  ];
  const waits = [`${ready} of ${Math.max(wanted, least)} pods ready`, ...notes].join(', ');
  const isDone = wanted >= least && updatedReplicas >= wanted && old <= 0 && availableReplicas >= updatedReplicas;
  return { state: isDone ? 'done' : 'under-way', waits };
}

/** Why the controller cannot make pods: a quota, a policy; null where it can. */
export function creationFailure(deployment: V1Deployment): string | null {
  const failure = condition(deployment, 'ReplicaFailure');
  return failure?.status === 'True' ? `${failure.reason}: ${failure.message}` : null;
}

const condition = ({ status }: V1Deployment, type: string) => status?.conditions?.find((one) => one.type === type);
