import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';

/** As long as a worker is given by whoever started it (see runWorker's grace for one that runs on its own). */
const ORPHAN_GRACE_MS = 3_000;

export const run: Run<{ healthPort?: string }> = async (context, _, { healthPort: given }) => {
  const { address, namespace, taskQueue } = context.options;
  const port = given === undefined ? undefined : healthPort(given);
  const { runWorker } = await import('../../worker.ts');
  if (process.connected) endWithParent();
  await runWorker({ address, namespace, taskQueue, healthPort: port }, () => {
    process.send?.('ready');
    warmUp(context).catch(({ message }: Error) => context.out.warn(message));
  });
  return EXIT.done;
};

/** It works without that: beside no service file, or one whose systems do not answer now. */
async function warmUp(context: Context): Promise<void> {
  const [{ preload }, { firstLook }] = await Promise.all([import('../../preload.ts'), import('../../firstLook.ts')]);
  const plan = await preload(context.file);
  if (plan === null) return;
  try {
    for (const line of await firstLook(await context.connect(), plan)) context.out.note(line);
  } finally {
    // The worker itself goes on for weeks, with a connection of its own.
    await context.close();
  }
}

/** Throws UsageError. */
export function healthPort(given: string): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--health-port ${JSON.stringify(given)} is no port: 1 to 65535`);
}

/** Started by `cutover dev`: the channel to it closes when it is gone, however it ended. */
function endWithParent(): void {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(EXIT.unexpected), ORPHAN_GRACE_MS).unref();
  });
}
