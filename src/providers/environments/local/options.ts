/** What a service file says of `environment: { type: local }`. */
import * as z from 'zod';
import { duration } from '../../../config/duration.ts';
import { textMap } from '../../../config/fields.ts';
import { argv } from '../../command/argv.ts';

const port = z.int().min(1).max(65535);

export const localOptions = z.strictObject({
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

export type LocalOptions = z.infer<typeof localOptions>;
