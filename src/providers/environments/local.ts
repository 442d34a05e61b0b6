import { z } from 'zod';
import { duration } from '../../config/duration.ts';
import { textMap } from '../../config/fields.ts';
import { argv } from '../command/argv.ts';
import { defineEnvironment } from '../types.ts';

const port = z.int().min(1).max(65535);

const options = z.strictObject({
  command: argv.describe(
    'The program and its arguments; no shell reads them. It gets PORT, VERSION and COLOR and stays in the foreground.',
  ),
  ports: z
    .strictObject({ blue: port, green: port })
    .refine(({ blue, green }) => blue !== green, { error: 'blue and green need ports of their own' })
    .describe('The port on 127.0.0.1 that each color has to listen on.'),
  env: textMap().default({}).describe("Environment variables on top of the worker's own."),
  readiness: z
    .strictObject({
      path: z
        .string()
        .regex(/^\/[\x21-\x7e]*$/, { error: 'a path starts with / and has no spaces' })
        .default('/ready')
        .describe('Answers 2xx when the copy is fit for users.'),
      timeout: duration.prefault('30s').describe('How long a copy may take to become ready.'),
    })
    .prefault({}),
  stopTimeout: duration.prefault('10s').describe('How long a copy may take to end after SIGTERM; SIGKILL follows.'),
});

export type LocalOptions = z.infer<typeof options>;

/** What an `ensure` needs besides: the request that is under way, the time after SIGKILL, reading the log. */
const MARGIN_MS = 15_000;

export const localEnvironment = defineEnvironment({
  type: 'local',
  description: 'Two processes on this machine, one per color, which outlive the worker.',
  options,
  // What ran before on the color is stopped first, and what does not become ready is stopped, too.
  deployTimeoutMs: ({ readiness, stopTimeout }) => readiness.timeout + 2 * stopTimeout + MARGIN_MS,
  endpoints: ({ ports }) => ({ blue: `http://127.0.0.1:${ports.blue}`, green: `http://127.0.0.1:${ports.green}` }),
  create: async (given, context) => {
    const { createLocalEnvironment } = await import('./local/environment.ts');
    return createLocalEnvironment(given, context);
  },
});
