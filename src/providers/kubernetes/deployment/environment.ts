import type { V1Deployment } from '@kubernetes/client-node';
import type { Color } from '../../../core/plan.ts';
import { joined } from '../../joined.ts';
import type { Call, ColorState, Environment, ProviderContext } from '../../types.ts';
import { versionIn } from '../../versionTemplate.ts';
import { bringUp } from './bringUp.ts';
import { findContainer, readDeployment, replicasOf } from './deployment.ts';
import { briefly } from './explain.ts';
import { inspectDeployments } from './inspect/inspect.ts';
import type { DeploymentOptions } from './options.ts';
import { type Place, placeOf } from './place.ts';
import { readyPods } from './replicaSet.ts';
import { removeAll, scaleTo } from './resize.ts';

const EMPTY: ColorState = { version: null, capacity: 0, ready: 0, detail: null };

export function createKubernetesEnvironment(options: DeploymentOptions, context: ProviderContext): Environment {
  const place = placeOf(options, context);
  const read = joined((call, color: Color) => readDeployment(call, place, color));
  return {
    describe: async (call, color) => describe(call, place, color, await read(call, color)),
    ensure: (call, color, want) => bringUp(call, place, { ...want, color }),
    scale: (call, color, capacity) => scaleTo(call, place, color, capacity),
    remove: (call, color) => removeAll(call, place, color),
    inspect: (call, targets, depth = 'all') => inspectDeployments(call, place, { read, targets, depth }),
  };
}

async function describe(call: Call, place: Place, color: Color, deployment: V1Deployment): Promise<ColorState> {
  const capacity = replicasOf(deployment);
  if (capacity === 0) return EMPTY;
  const ready = await readyPods(call, place, deployment);
  return {
    version: versionIn(place.image, findContainer(deployment, place.options.container)?.image ?? '', color),
    capacity,
    ready,
    detail: ready < capacity ? await briefly(call, place, deployment) : null,
  };
}
