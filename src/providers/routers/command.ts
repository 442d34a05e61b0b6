import { commandRouterOptions } from '../command/routerOptions.ts';
import { defineRouter } from '../types.ts';

export const commandRouter = defineRouter({
  type: 'command',
  description: "Your own scripts read and write the routing, in the service file's folder.",
  options: commandRouterOptions,
  // Four scripts at most: read, then read and write, then read back; each may need some seconds to end after its time.
  switchTimeoutMs: ({ timeout }) => 4 * timeout + 40_000,
  create: async (given, context) => {
    const { createCommandRouter } = await import('../command/router.ts');
    return createCommandRouter(given, context);
  },
});
