import { commandEnvironmentOptions } from '../command/environmentOptions.ts';
import { defineEnvironment } from '../types.ts';

/** What an `ensure` needs besides: the describe that is under way (30 s at most), the end of a script that takes too long. */
const MARGIN_MS = 45_000;

export const commandEnvironment = defineEnvironment({
  type: 'command',
  description: "Your own scripts deploy, describe, scale and remove a color, in the service file's folder.",
  options: commandEnvironmentOptions,
  deployTimeoutMs: ({ timeout }) => timeout + MARGIN_MS,
  create: async (given, context) => {
    const { createCommandEnvironment } = await import('../command/environment.ts');
    return createCommandEnvironment(given, context);
  },
});
