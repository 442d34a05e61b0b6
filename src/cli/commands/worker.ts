import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';

/** As long as a worker is given by whoever started it (see runWorker's grace for one that runs on its own). */
const ORPHAN_GRACE_MS = 3_000;

export const run: Run = async ({ options: { address, namespace, taskQueue } }) => {
  const { runWorker } = await import('../../worker.ts');
  if (process.connected) endWithParent();
  await runWorker({ address, namespace, taskQueue }, () => process.send?.('ready'));
  return EXIT.done;
};

/** Started by `cutover dev`: the channel to it closes when it is gone, however it ended. */
function endWithParent(): void {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(EXIT.unexpected), ORPHAN_GRACE_MS).unref();
  });
}
