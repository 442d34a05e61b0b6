import { z } from 'zod';
import { duration } from '../../config/duration.ts';
import { argv } from '../command/argv.ts';
import { defineEnvironment } from '../types.ts';

const options = z.strictObject({
  deploy: argv.describe(
    'Brings {version} up on {color} with {capacity} copies (VERSION, COLOR, CAPACITY, DEPLOYMENT_ID). Has to be safe to repeat.',
  ),
  describe: argv.describe(
    'Prints {"version": "v1", "capacity": 1, "ready": 1} of {color}, or nothing when nothing is there. An exit code other than 0: not known.',
  ),
  remove: argv.describe('Ends all that runs as {color}. Has to be safe to repeat.'),
  scale: argv.optional().describe('Brings {color} to {capacity} copies, at least 1. Without it the capacity stays as it is.'),
  timeout: duration.prefault('10m').describe('How long a script may take; for deploy, until describe says that all copies are ready.'),
});

export type CommandEnvironmentOptions = z.infer<typeof options>;

/** What an `ensure` needs besides: the describe that is under way (30 s at most), the end of a script that takes too long. */
const MARGIN_MS = 45_000;

export const commandEnvironment = defineEnvironment({
  type: 'command',
  description: "Your own scripts deploy, describe, scale and remove a color, in the service file's folder.",
  options,
  deployTimeoutMs: ({ timeout }) => timeout + MARGIN_MS,
  create: async (given, context) => {
    const { createCommandEnvironment } = await import('../command/environment.ts');
    return createCommandEnvironment(given, context);
  },
});
