import { z } from 'zod';
import { duration } from '../../config/duration.ts';
import { argv } from '../command/argv.ts';
import { defineRouter } from '../types.ts';

const options = z.strictObject({
  read: argv.describe(
    'Prints where users are sent: blue, green or none, or {"to": "blue", "summary": "in words"}. Anything else is taken for drift.',
  ),
  write: argv.describe('Sends all users to {color} (COLOR); {from} (FROM) is where they were. Has to be one change, and safe to repeat.'),
  connections: argv.optional().describe('Prints how many connections are still open on {color}; nothing where that is not known.'),
  timeout: duration.prefault('30s').describe('How long one script may take.'),
});

export type CommandRouterOptions = z.infer<typeof options>;

export const commandRouter = defineRouter({
  type: 'command',
  description: "Your own scripts read and write the routing, in the service file's folder.",
  options,
  // Four scripts at most: read, then read and write, then read back; each may need some seconds to end after its time.
  switchTimeoutMs: ({ timeout }) => 4 * timeout + 40_000,
  create: async (given, context) => {
    const { createCommandRouter } = await import('../command/router.ts');
    return createCommandRouter(given, context);
  },
});
