/** A version on a color: the Deployment's template and replicas, and the wait until its pods are available. */
import type { V1Deployment } from '@kubernetes/client-node';
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll, type Rest } from '../../poll.ts';
import type { Call, ColorState, Environment } from '../../types.ts';
import { Conflict } from '../ask.ts';
import { autoscalersOf, hold, holdOther, wantedReplicas } from './autoscaler.ts';
import { untilAvailable } from './awaitPods.ts';
import { type Change, changeOf, isOf, templatePatch } from './change.ts';
import { type DeploymentPatch, nameOf, patchDeployment, readUsable, replicasOf } from './deployment.ts';
import type { Place } from './place.ts';
import { isScaledDown } from './rollout.ts';
import { whileWatching } from './watching.ts';

type Want = Parameters<Environment['ensure']>[2] & { color: Color };

export async function bringUp(call: Call, place: Place, want: Want): Promise<ColorState> {
  const { color, version, deploymentId } = want;
  const deadline = Date.now() + place.options.timeout;
  const [autoscalers, known] = await Promise.all([autoscalersOf(call, place), readUsable(call, place, color)]);
  const { replicas, detail } = wantedReplicas(want.capacity, autoscalers[color]);
  await Promise.all([hold(call, place, color, autoscalers, replicas), holdOther(call, place, color, autoscalers)]);
  const failed = `did not come up with ${version}`;
  const up = await whileWatching(place, color, async (rest) => {
    await write(call, place, { color, known, change: changeOf(place, want), replicas, deadline }, rest);
    return untilAvailable(call, place, { color, least: replicas, deadline, failed, deploymentId }, rest);
  });
  return { version, capacity: replicasOf(up), ready: up.status?.readyReplicas ?? 0, detail };
}

interface Writing {
  color: Color;
  /** As it was a moment ago. */
  known: V1Deployment;
  change: Change;
  replicas: number;
  deadline: number;
}

/** The Deployment is meant to run it when this resolves. Each write goes by what was read: a conflict is read and decided again. */
async function write(call: Call, place: Place, { color, known, change, replicas, deadline }: Writing, rest: Rest): Promise<void> {
  let last = known;
  let looks = 0;
  const written = await poll(
    call,
    deadline,
    async () => {
      if (looks++ > 0) last = await readUsable(call, place, color);
      const next = nextWrite(last, change, replicas);
      if (next.patch && !(await isWritten(patchDeployment(call, place, last, next.patch)))) return null;
      if (!next.isLast) call.heartbeat({ waits: `the pods of ${nameOf(last)} that no users are on have to go first` });
      return next.isLast ? true : null;
    },
    rest,
  );
  if (written) return;
  throw new Failure(
    'DeployFailed',
    `${nameOf(last)} was not scaled down within ${formatDuration(place.options.timeout)}, which comes before ${change.image}: look at what sets its replicas again, and whether the cluster's controller manager runs`,
  );
}

/**
 * What ran there before goes first: nobody is on it, and the new pods come all at once, where a rolling update would first add old
 * ones up to the new replicas and then replace them in turns.
 */
function nextWrite(deployment: V1Deployment, change: Change, replicas: number): { patch?: DeploymentPatch; isLast: boolean } {
  if (isOf(deployment, change)) return replicasOf(deployment) < replicas ? { patch: { replicas }, isLast: true } : { isLast: true };
  if (isScaledDown(deployment)) return { patch: { replicas, template: templatePatch(change) }, isLast: true };
  return replicasOf(deployment) > 0 ? { patch: { replicas: 0 }, isLast: false } : { isLast: false };
}

async function isWritten(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}
