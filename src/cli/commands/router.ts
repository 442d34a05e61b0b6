import { stateDir } from '../../state.ts';
import type { Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { loadFile } from '../serviceFile.ts';
import { untilStopped } from '../signals.ts';

interface LocalRouterOptions {
  listen: string;
  metricsListen?: string;
}

export const run: Run = async (context) => {
  const { config, folder } = await loadFile(context);
  const { type, ...options } = config.router;
  if (type !== 'local') throw new UsageError(`${context.file}: router.type is ${type}; only a local router is run by this command`);
  const { runRouter } = await import('../../providers/routers/local/process.ts');
  const stopped = untilStopped();
  const { listen, metricsListen } = options as unknown as LocalRouterOptions;
  const router = await runRouter({ service: config.service, listen, metricsListen, stateDir: stateDir(config.service, folder) });
  context.out.note(`the router of ${config.service} listens on ${router.address}`);
  await stopped;
  await router.close();
  return EXIT.done;
};
