import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll } from '../../poll.ts';
import type { Call, ColorState, Environment, ProviderContext } from '../../types.ts';
import { templateOf, versionIn } from '../../versionTemplate.ts';
import { bringUp } from './bringUp.ts';
import { explain, newestEvent } from './explain.ts';
import { inspectEcs } from './inspect.ts';
import type { EcsOptions } from './options.ts';
import { imageOfService } from './revisions.ts';
import { runningCount } from './rollout.ts';
import { wantedCount } from './scalableTarget.ts';
import { findService, readUsableService, updateService } from './service.ts';

const EMPTY: ColorState = { version: null, capacity: 0, ready: 0, detail: null };

export function createEcsEnvironment(options: EcsOptions, context: ProviderContext): Environment {
  const template = templateOf(context, 'image', options.image);
  const env = templateOf(context, 'env', options.env);

  const describe = async (call: Call, color: Color): Promise<ColorState> => {
    const service = await readUsableService(call, options, color);
    if (service.desiredCount === 0) return EMPTY;
    const image = await imageOfService(call, options, service);
    const ready = runningCount(service);
    return {
      version: image === null ? null : versionIn(template, image, color),
      capacity: service.desiredCount,
      ready,
      detail: ready < service.desiredCount ? newestEvent(service) : null,
    };
  };

  const remove = async (call: Call, color: Color): Promise<void> => {
    const deadline = Date.now() + options.timeout;
    const service = await findService(call, options, color);
    if (service === null) return;
    if (service.desiredCount > 0) await updateService(call, options, service, { desiredCount: 0 });
    const isEmpty = async () => {
      const now = await findService(call, options, color);
      return now === null || (now.desiredCount === 0 && now.runningCount === 0 && now.pendingCount === 0) ? true : null;
    };
    if (await poll(call, deadline, isEmpty)) return;
    throw new Failure(
      'Unavailable',
      `tasks of ${service.serviceArn} still run ${formatDuration(options.timeout)} after ecs:UpdateService set its desired count to 0; ` +
        'look at what stops them late (stop timeout, deregistration delay), or what sets the count again',
    );
  };

  /** Waits only for more: what is taken away goes by itself. */
  const scale: Environment['scale'] = async (call, color, capacity) => {
    if (capacity === 0) return remove(call, color);
    const deadline = Date.now() + options.timeout;
    const service = await readUsableService(call, options, color);
    const { count, least } = await wantedCount(call, options, service, capacity);
    if (service.desiredCount !== count) await updateService(call, options, service, { desiredCount: count });
    if (count < service.desiredCount) return;
    const enough = async () => (runningCount(await readUsableService(call, options, color)) >= least ? true : null);
    if (await poll(call, deadline, enough)) return;
    const last = await readUsableService(call, options, color);
    throw new Failure(
      'DeployFailed',
      `${color} (${last.serviceArn}) has ${runningCount(last)} of ${least} tasks running ${formatDuration(options.timeout)} after ` +
        `ecs:UpdateService asked for them.\n${await explain(call, options, last, last.taskDefinition)}`,
    );
  };

  return {
    describe,
    ensure: (call, color, want) => bringUp(call, options, { ...want, color, template, env }),
    scale,
    remove,
    inspect: async (call, targets, depth = 'all') => inspectEcs(call, options, { template, env, targets: await targets, depth }),
  };
}
