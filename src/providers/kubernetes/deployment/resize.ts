/** More pods of a color, fewer, or none. */
import type { V1Deployment } from '@kubernetes/client-node';
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll } from '../../poll.ts';
import type { Call } from '../../types.ts';
import { compareAndSet } from '../compareAndSet.ts';
import { writtenBy } from '../fieldWriter.ts';
import { autoscalersOf, hold, releaseBoth, wantedReplicas } from './autoscaler.ts';
import { untilAvailable } from './awaitPods.ts';
import { findDeployment, nameOf, patchDeployment, readUsable, replicasOf } from './deployment.ts';
import type { Place } from './place.ts';
import { ownPods, replicaSetsOf } from './replicaSet.ts';
import { UNTOLD, whileWatching } from './watching.ts';

/** Waits only for more: what is taken away goes by itself. */
export async function scaleTo(call: Call, place: Place, color: Color, capacity: number): Promise<void> {
  if (capacity === 0) return removeAll(call, place, color);
  const deadline = Date.now() + place.options.timeout;
  const [autoscalers, deployment] = await Promise.all([autoscalersOf(call, place), readUsable(call, place, color)]);
  const { replicas } = wantedReplicas(capacity, autoscalers[color]);
  if (replicas < replicasOf(deployment)) {
    // An autoscaler takes them away itself, as far as its own minimum: it would undo what somebody else does.
    if (autoscalers[color] === null) await setReplicas(call, place, deployment, color, replicas);
    return releaseBoth(call, place, autoscalers);
  }
  await hold(call, place, color, autoscalers, replicas);
  await setReplicas(call, place, deployment, color, replicas);
  const awaited = { color, least: replicas, deadline, failed: `did not get ${replicas} pods` };
  await whileWatching(place, color, (rest) => untilAvailable(call, place, awaited, rest));
}

/** Nothing of the color runs when it resolves; the manifest stays. */
export async function removeAll(call: Call, place: Place, color: Color): Promise<void> {
  const deadline = Date.now() + place.options.timeout;
  const [autoscalers, deployment] = await Promise.all([autoscalersOf(call, place), findDeployment(call, place, color)]);
  if (deployment) await setReplicas(call, place, deployment, color, 0);
  await releaseBoth(call, place, autoscalers);
  if (deployment) await untilGone(call, place, color, deadline);
}

async function untilGone(call: Call, place: Place, color: Color, deadline: number): Promise<void> {
  let found = '';
  const isGone = async (): Promise<true | null> => {
    const deployment = await findDeployment(call, place, color);
    if (deployment === null) return true;
    if (replicasOf(deployment) > 0) {
      found = `${nameOf(deployment)} has replicas ${replicasOf(deployment)} again${writtenBy(deployment.metadata?.managedFields, ['spec', 'replicas'])}`;
      return null;
    }
    const pods = await ownPods(call, place, deployment, await replicaSetsOf(call, place, deployment));
    const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
    if (running.length === 0) return true;
    const more = running.length > 1 ? ` and ${running.length - 1} more` : '';
    found = `pods of ${nameOf(deployment)} still run: ${running[0]!.metadata?.name}${more}`;
    call.heartbeat({ waits: found });
    return null;
  };
  if (await poll(call, deadline, isGone, UNTOLD)) return;
  throw new Failure(
    'Unavailable',
    `${found}, ${formatDuration(place.options.timeout)} after its replicas were set to 0; look at what keeps them: terminationGracePeriodSeconds, finalizers, a node that is gone`,
  );
}

const setReplicas = (call: Call, place: Place, known: V1Deployment, color: Color, replicas: number): Promise<void> =>
  compareAndSet<V1Deployment | null, void>(call, {
    known,
    read: () => findDeployment(call, place, color),
    write: async (read) => {
      if (read && replicasOf(read) !== replicas) await patchDeployment(call, place, read, { replicas });
    },
  });
