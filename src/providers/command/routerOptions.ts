/** What a service file says of `router: { type: command }`. */
import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { argv } from './argv.ts';

export const commandRouterOptions = z.strictObject({
  read: argv.describe(
    'Prints where users are sent: blue, green or none, or {"to": "blue", "summary": "in words"}. Anything else is taken for drift.',
  ),
  write: argv.describe('Sends all users to {color} (COLOR); {from} (FROM) is where they were. Has to be one change, and safe to repeat.'),
  connections: argv.optional().describe('Prints how many connections are still open on {color}; nothing where that is not known.'),
  timeout: duration.prefault('30s').describe('How long one script may take.'),
});

export type CommandRouterOptions = z.infer<typeof commandRouterOptions>;
