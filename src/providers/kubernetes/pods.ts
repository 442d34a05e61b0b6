/** The pods that labels stand for. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Call, Readiness } from '../types.ts';
import type { Api } from './api.ts';
import { ask } from './ask.ts';
import { isReady, whyNotReady } from './podHealth.ts';

export type Labels = Record<string, string>;

/** So many reasons are told one by one. */
const MAX_REASONS = 5;

export const inText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** `selector` as kubectl takes it: `app=shop,color in (blue,green)`. */
export async function podsOf(call: Call, { core, namespace }: Api, selector: string): Promise<V1Pod[]> {
  const { items } = await ask(call, { verb: 'list', resource: 'pods', name: namespace }, (options) =>
    core.listNamespacedPod({ namespace, labelSelector: selector }, options),
  );
  return items;
}

/** `live`: the pods that users are on now. */
export function readinessOf(name: string, pods: readonly V1Pod[], live: readonly V1Pod[]): Readiness {
  const healthy = pods.filter(isReady).length;
  const wanted = Math.max(1, live.filter(isReady).length);
  const why = reasons(pods, healthy < wanted);
  return { healthy, wanted, checked: true, detail: why && `${name}: ${why}` };
}

/** Pods that leave are no trouble unless the others are too few. */
export function reasons(pods: readonly V1Pod[], tooFew: boolean): string | null {
  if (pods.length === 0) return 'no pods have these labels; scale its Deployment up, or correct the labels of its template';
  const unfit = pods.filter((pod) => !isReady(pod));
  const staying = unfit.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const told = staying.length === 0 && tooFew ? unfit : staying;
  if (told.length === 0) return tooFew ? `no more than ${pods.length - unfit.length} pods are there; scale its Deployment up` : null;
  const more = told.length - MAX_REASONS;
  const listed = told.slice(0, MAX_REASONS).map((pod) => `pod ${pod.metadata?.name} ${whyNotReady(pod)}`);
  return [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
