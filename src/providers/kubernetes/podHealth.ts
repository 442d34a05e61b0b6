/** Whether a pod is fit for users, and what the cluster says where it is not. Pure. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** As the EndpointSlice controller sees it: ready, and not on its way out. */
export const isReady = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined && status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

/** In the cluster's own words: `ImagePullBackOff: Back-off pulling image "shop:2"`. */
export function whyNotReady({ metadata, status }: V1Pod): string {
  if (metadata?.deletionTimestamp !== undefined) return 'is terminating';
  const unscheduled = status?.conditions?.find(({ type, status: holds }) => type === 'PodScheduled' && holds === 'False');
  if (unscheduled) return inWords(unscheduled.reason, unscheduled.message) || 'is not scheduled';
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const stuck = containers.map(troubleOf).find((trouble) => trouble !== null);
  if (stuck) return stuck;
  if (status?.phase === 'Failed' || status?.reason) return inWords(status.reason ?? status.phase, status.message);
  const unready = status?.conditions?.find(({ type, status: holds }) => type === 'Ready' && holds !== 'True');
  return inWords(unready?.reason, unready?.message) || `is ${status?.phase ?? 'Pending'}`;
}

function troubleOf({ name, state, lastState }: V1ContainerStatus): string | null {
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing') {
    const exit = lastState?.terminated;
    const before = exit ? `, the last run ended with ${exitOf(exit)}` : '';
    return `container ${name}: ${inWords(waiting.reason, waiting.message)}${before}`;
  }
  return terminated && terminated.exitCode !== 0 ? `container ${name} ended with ${exitOf(terminated)}` : null;
}

const exitOf = ({ reason, exitCode }: { reason?: string; exitCode: number }): string =>
  `exit code ${exitCode}${reason && reason !== 'Error' ? ` (${reason})` : ''}`;

const inWords = (reason: string | undefined, message: string | undefined): string =>
  [reason, message?.replace(/\s+/g, ' ').trim().slice(0, 300)].filter(Boolean).join(': ');
