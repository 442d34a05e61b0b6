import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { Failure } from '../../../core/failure.ts';

const schema = z
  .object({
    /** Counts the switches. */
    revision: z.int().min(0),
    live: z.enum(['blue', 'green']).nullable(),
    /** Where the live color answers: the router asks nobody else for it after a restart. */
    upstream: z.url({ protocol: /^https?$/ }).nullable(),
    updatedAt: z.iso.datetime(),
  })
  .refine((state) => (state.live === null) === (state.upstream === null), '"live" and "upstream" belong together');

export type RouterState = z.infer<typeof schema>;

const fresh: RouterState = { revision: 0, live: null, upstream: null, updatedAt: new Date(0).toISOString() };

export const stateFile = (stateDir: string): string => join(stateDir, 'router.json');

/** A file that makes no sense stops the router: a guess could send all users to the wrong version. */
export const loadState = async (stateDir: string): Promise<RouterState> => {
  const file = stateFile(stateDir);
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fresh;
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : (error as Error).message;
    throw new Failure(
      'InvalidConfiguration',
      `the router's state in ${file} cannot be read (${why}): restore it, or remove it to start with no version live`,
    );
  }
};

/** On disk, for good, when it resolves; unchanged when it throws. */
export const saveState = async (stateDir: string, state: RouterState): Promise<void> => {
  const file = stateFile(stateDir);
  try {
    await mkdir(stateDir, { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify(state)}\n`, { fsync: true });
  } catch (error) {
    throw new Failure('Unavailable', `the routing was not changed: it cannot be saved in ${file}: ${(error as Error).message}`);
  }
};
