/**
 * A HorizontalPodAutoscaler takes away pods that get no requests: those of the idle color before a switch, and those of the old one
 * after it, which a rollback needs. Its minReplicas is raised meanwhile; what it was is kept in annotations, until it is put back.
 */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';

/** What minReplicas was, and what it was raised to: where it is not that any more, somebody has set it since, and it stays. */
export const WAS = 'cutover.dev/min-replicas';
export const RAISED = 'cutover.dev/raised-min-replicas';

export interface AutoscalerPatch {
  metadata: { annotations: { [WAS]: string | null; [RAISED]: string | null } };
  spec?: { minReplicas: number };
}

/** People's own minimum. */
export const ownMinimum = (autoscaler: V2HorizontalPodAutoscaler): number => heldFrom(autoscaler) ?? minimumOf(autoscaler);

/** What holds `least` pods, or as many as it may have; null where nothing has to be written. */
export function holding(autoscaler: V2HorizontalPodAutoscaler, least: number): AutoscalerPatch | null {
  const own = ownMinimum(autoscaler);
  const minReplicas = Math.max(own, Math.min(least, autoscaler.spec!.maxReplicas));
  if (minReplicas === minimumOf(autoscaler)) return null;
  if (minReplicas === own) return releasing(autoscaler);
  return { metadata: { annotations: { [WAS]: String(own), [RAISED]: String(minReplicas) } }, spec: { minReplicas } };
}

/** What puts it back; null where it was not raised. */
export function releasing(autoscaler: V2HorizontalPodAutoscaler): AutoscalerPatch | null {
  const annotations = autoscaler.metadata?.annotations ?? {};
  if (annotations[WAS] === undefined && annotations[RAISED] === undefined) return null;
  const from = heldFrom(autoscaler);
  return { metadata: { annotations: { [WAS]: null, [RAISED]: null } }, ...(from !== null && { spec: { minReplicas: from } }) };
}

/** What it was before it was raised; null where it is people's own. */
function heldFrom(autoscaler: V2HorizontalPodAutoscaler): number | null {
  const { [WAS]: was, [RAISED]: raised } = autoscaler.metadata?.annotations ?? {};
  const isOurs = was !== undefined && /^\d+$/.test(was) && raised === String(minimumOf(autoscaler));
  return isOurs ? Number(was) : null;
}

/** The default of the API. */
const minimumOf = ({ spec }: V2HorizontalPodAutoscaler): number => spec?.minReplicas ?? 1;
