import { ecsOptions } from '../aws/ecs/options.ts';
import { defineEnvironment } from '../types.ts';

/** What an `ensure` needs besides: the requests before and after the wait, and asking why it did not come up. */
const MARGIN_MS = 60_000;

export const ecsEnvironment = defineEnvironment({
  type: 'ecs',
  description: 'Two Amazon ECS services that run already, one per color: a deployment gives the idle one a new image.',
  options: ecsOptions,
  deployTimeoutMs: ({ timeout }) => timeout + MARGIN_MS,
  create: async (given, context) => {
    const { createEcsEnvironment } = await import('../aws/ecs/environment.ts');
    return createEcsEnvironment(given, context);
  },
});
