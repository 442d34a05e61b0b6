/** The HorizontalPodAutoscalers of the Deployments: found, and their minimum raised and put back by compare-and-set. */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { Failure } from '../../../core/failure.ts';
import { COLORS, type Color, otherColor } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { FIELD_MANAGER } from '../api.ts';
import { ask } from '../ask.ts';
import { compareAndSet } from '../compareAndSet.ts';
import { findDeployment, replicasOf } from './deployment.ts';
import { type AutoscalerPatch, holding, ownMinimum, releasing } from './heldMinimum.ts';
import { deploymentName, type Place, qualified } from './place.ts';

/** Null where a color is not scaled automatically. */
export type Autoscalers = Record<Color, V2HorizontalPodAutoscaler | null>;

/** Throws PermissionDenied where the worker may not know. */
export async function readAutoscalers(call: Call, place: Place): Promise<Autoscalers> {
  const api = place.api();
  const { namespace } = api;
  const { items } = await ask(call, { verb: 'list', resource: 'horizontalpodautoscalers', name: namespace }, (options) =>
    api.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }, options),
  );
  const of = (color: Color) =>
    items.find(({ spec }) => spec?.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === deploymentName(place, color));
  return { blue: of('blue') ?? null, green: of('green') ?? null };
}

/** A worker that may not read them takes the Deployments for ones without. */
export async function autoscalersOf(call: Call, place: Place): Promise<Autoscalers> {
  try {
    return await readAutoscalers(call, place);
  } catch (error) {
    if (error instanceof Failure && error.type === 'PermissionDenied') return { blue: null, green: null };
    throw error;
  }
}

export interface Wanted {
  /** The replicas to ask for: fewer than the minimum would be undone, more than the maximum, too. */
  replicas: number;
  detail: string | null;
}

/** What `capacity` comes to with the bounds of an autoscaler. */
export function wantedReplicas(capacity: number, autoscaler: V2HorizontalPodAutoscaler | null): Wanted {
  if (autoscaler === null) return { replicas: capacity, detail: null };
  const named = `the HorizontalPodAutoscaler ${autoscaler.metadata?.name}`;
  const max = autoscaler.spec!.maxReplicas;
  const replicas = Math.min(Math.max(capacity, ownMinimum(autoscaler)), max);
  if (capacity > max) return { replicas, detail: `asked for ${capacity} pods, but ${named} allows at most ${max}` };
  return { replicas, detail: replicas > capacity ? `${replicas} pods: the minimum of ${named}` : null };
}

/** Of `least` pods of a color none is taken away any more. */
export const hold = (call: Call, place: Place, color: Color, { [color]: autoscaler }: Autoscalers, least: number): Promise<void> =>
  change(call, place, color, autoscaler, (found) => holding(found, least));

/** So that a rollback finds as many as there are now: after the switch they get no requests. */
export async function holdOther(call: Call, place: Place, color: Color, autoscalers: Autoscalers): Promise<void> {
  const other = otherColor(color);
  if (autoscalers[other] === null) return;
  const deployment = await findDeployment(call, place, other);
  const replicas = deployment ? replicasOf(deployment) : 0;
  if (replicas > 0) await hold(call, place, other, autoscalers, replicas);
}

/** Both are as people have them: what a deployment needed is over. */
export async function releaseBoth(call: Call, place: Place, autoscalers: Autoscalers): Promise<void> {
  await Promise.all(COLORS.map((color) => change(call, place, color, autoscalers[color], releasing)));
}

function change(
  call: Call,
  place: Place,
  color: Color,
  known: V2HorizontalPodAutoscaler | null,
  decide: (found: V2HorizontalPodAutoscaler) => AutoscalerPatch | null,
): Promise<void> {
  if (known === null) return Promise.resolve();
  return compareAndSet(call, {
    known,
    read: async () => (await autoscalersOf(call, place))[color],
    write: async (found) => {
      const patch = found && decide(found);
      if (patch) await send(call, place, found, patch);
    },
  });
}

async function send(call: Call, place: Place, { metadata }: V2HorizontalPodAutoscaler, patch: AutoscalerPatch): Promise<void> {
  const api = place.api();
  const { namespace } = api;
  const name = metadata!.name!;
  const body = { ...patch, metadata: { ...patch.metadata, resourceVersion: metadata!.resourceVersion } };
  await ask(call, { verb: 'patch', resource: 'horizontalpodautoscalers', name: qualified(api, name), patch: 'merge' }, (options) =>
    api.autoscaling.patchNamespacedHorizontalPodAutoscaler({ name, namespace, body, fieldManager: FIELD_MANAGER }, options),
  );
}
