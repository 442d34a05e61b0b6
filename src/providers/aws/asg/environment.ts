import type { Color } from '../../../core/plan.ts';
import type { Call, Environment, ProviderContext } from '../../types.ts';
import { templateOf } from '../../versionTemplate.ts';
import { bringUp } from './bringUp.ts';
import { findGroups, readGroup, updateGroup } from './group.ts';
import { inspectAsg } from './inspect.ts';
import { forgetMinSize } from './minSize.ts';
import type { AsgOptions } from './options.ts';
import { untilReady } from './ready.ts';
import { empty, wantedSize } from './resize.ts';
import { stateOf } from './state.ts';

export function createAsgEnvironment(options: AsgOptions, context: ProviderContext): Environment {
  const template = templateOf(context, 'imageId', options.imageId);

  const remove = async (call: Call, color: Color): Promise<void> => {
    const deadline = Date.now() + options.timeout;
    const group = (await findGroups(call, options))[color];
    if (group !== null) await empty(call, options, { color, group, deadline, failure: 'Unavailable' });
  };

  /** Waits only for more: what is taken away goes by itself. */
  const scale: Environment['scale'] = async (call, color, capacity) => {
    if (capacity === 0) return remove(call, color);
    const since = new Date();
    const group = await readGroup(call, options, color);
    const { min, desired } = wantedSize(group, capacity);
    if (group.DesiredCapacity !== desired || group.MinSize < min) await updateGroup(call, options, group, { min, desired });
    await forgetMinSize(call, options, group);
    if (desired < group.DesiredCapacity) return;
    await untilReady(call, options, { color, template, least: desired, since, deadline: since.getTime() + options.timeout });
  };

  return {
    describe: async (call, color) => stateOf(call, options, await readGroup(call, options, color), { template, color }),
    ensure: (call, color, want) => bringUp(call, options, { ...want, color, template }),
    scale,
    remove,
    inspect: async (call, targets, depth = 'all') => inspectAsg(call, options, { template, targets: await targets, depth }),
  };
}
