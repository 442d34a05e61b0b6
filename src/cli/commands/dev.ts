import { stateDir } from '../../state.ts';
import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { Interrupted } from '../follow.ts';
import { loadFile } from '../serviceFile.ts';

interface DevCommandOptions {
  keepRunning?: boolean;
  uiPort?: string;
}

export const run: Run<DevCommandOptions> = async (context, _args, options) => {
  const [{ DevRecord }, { DevSession }, { stopRequests, untilAborted }, { readyDocument, readyText }] = await Promise.all([
    import('../../dev/record.ts'),
    import('../../dev/session.ts'),
    import('../../dev/stopRequests.ts'),
    import('../../dev/ready.ts'),
  ]);
  const { asked, hard } = stopRequests();
  outliveReaders();
  const settings = await settingsOf(context, options);
  const record = await DevRecord.claim(settings.stateDir, settings.service);
  const session = new DevSession(settings, record);
  const { out } = context;
  try {
    const started = await session.start(asked).catch(async (error) => {
      if (!asked.aborted) await session.undo();
      throw error;
    });
    out.result(readyDocument(settings, started), readyText(settings, started, hintSuffix(context)));
    await untilAborted(asked);
  } catch (error) {
    throw asked.aborted ? new Interrupted('cutover dev was stopped before it was ready') : error;
  } finally {
    if (asked.aborted) await stop();
    record.release();
  }
  return EXIT.done;

  async function stop(): Promise<void> {
    out.note('stopping (once more stops at once)');
    if (!options.keepRunning) return session.stop(hard);
    const left = await session.stopButServe(hard);
    const names = left.map(({ color, version, pid }) => `${color} ${version} (pid ${pid})`);
    if (settings.listen !== null) names.unshift(`the router on ${settings.listen}`);
    out.note(`left running: ${names.join(', ') || 'nothing'}; \`cutover dev\` takes it over again`);
  }
};

async function settingsOf(context: Context, options: DevCommandOptions) {
  const uiPort = options.uiPort === undefined ? undefined : parsePort(options.uiPort);
  const { config, path, folder } = await loadFile(context);
  const { resolveConnection } = await import('../../client/resolve.ts');
  const { router, environment } = config;
  return {
    service: config.service,
    file: path,
    stateDir: stateDir(config.service, folder),
    connection: resolveConnection(context.options),
    uiPort,
    listen: router.type === 'local' ? (router as unknown as { listen: string }).listen : null,
    localColors: environment.type === 'local',
    say: context.out.note,
    warn: context.out.warn,
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--ui-port: "${text}" is no port`);
}

/** What the commands of the same person need besides, to find this file and this server. */
function hintSuffix({ options: { file, address } }: Context): string {
  return `${file === undefined ? '' : ` -f ${file}`}${address === undefined ? '' : ` --address ${address}`}`;
}

/** A closed terminal or a reader that went away must not end this process before it has ended what it started. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => {});
  }
}
