import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';

export const run: Run = async ({ options: { address, namespace, taskQueue } }) => {
  const { runWorker } = await import('../../worker.ts');
  await runWorker({ address, namespace, taskQueue });
  return EXIT.done;
};
