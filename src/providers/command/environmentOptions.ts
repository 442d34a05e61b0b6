/** What a service file says of `environment: { type: command }`. */
import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { argv } from './argv.ts';

export const commandEnvironmentOptions = z.strictObject({
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

export type CommandEnvironmentOptions = z.infer<typeof commandEnvironmentOptions>;
