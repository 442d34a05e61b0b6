/** What a pod's status says of why it is not fit for users, and what else can be asked about it. Pure. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { isReady, whyNotReady } from '../podHealth.ts';

export interface Trouble {
  pod: string;
  /** In the cluster's words. */
  reason: string;
  /** Whose output may say more. `previous`: that of the run before this one. */
  log?: { container: string; previous: boolean };
  /** Whether the pod's events say more: its status tells of nothing that went wrong. */
  askEvents: boolean;
}

/** Null for one that is ready, or that is on its way out. */
export function troubleOf(pod: V1Pod): Trouble | null {
  const { metadata, status = {} } = pod;
  if (metadata?.deletionTimestamp || isReady(pod)) return null;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const ended = containers.find(hasFailed);
  const unready = containers.find(({ ready, state }) => !ready && state?.running);
  const log = ended
    ? { container: ended.name, previous: ended.state?.terminated === undefined }
    : unready && { container: unready.name, previous: false };
  return {
    pod: metadata?.name ?? '',
    reason: `${whyNotReady(pod)}${unready ? restarts(unready) : gate(pod, containers)}`,
    ...(log && { log }),
    askEvents: !ended && !containers.some(isStuck) && isScheduled(pod) && status.phase !== 'Failed',
  };
}

/** A container waits so while all is well. */
const STARTING = ['ContainerCreating', 'PodInitializing'];

const isStuck = ({ state }: V1ContainerStatus): boolean => state?.waiting !== undefined && !STARTING.includes(state.waiting.reason ?? '');

/** Now, or in the run before. */
const hasFailed = ({ state, lastState, ready }: V1ContainerStatus): boolean =>
  !ready && ((state?.terminated?.exitCode ?? 0) !== 0 || (lastState?.terminated !== undefined && state?.terminated === undefined));

const isScheduled = ({ status }: V1Pod): boolean =>
  !status?.conditions?.some(({ type, status: holds }) => type === 'PodScheduled' && holds === 'False');

/** One that runs at the moment has maybe crashed before, and will again. */
function restarts({ name, restartCount, lastState }: V1ContainerStatus): string {
  const { exitCode, reason } = lastState?.terminated ?? {};
  if (exitCode === undefined) return '';
  const why = reason && reason !== 'Error' ? ` (${reason})` : '';
  return `; container ${name} has been restarted ${restartCount === 1 ? 'once' : `${restartCount} times`}, its last run ended with exit code ${exitCode}${why}`;
}

function gate({ spec, status }: V1Pod, containers: V1ContainerStatus[]): string {
  if (containers.length === 0 || containers.some(({ ready }) => !ready)) return '';
  const holds = (wanted: string) => status?.conditions?.some(({ type, status: is }) => type === wanted && is === 'True');
  const open = spec?.readinessGates?.find(({ conditionType }) => !holds(conditionType));
  return open ? `; it waits for its readiness gate ${open.conditionType}` : '';
}
