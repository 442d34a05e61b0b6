import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopRequests, untilAborted } from '../dev/stopRequests.ts';
import { Stopped, StoryError } from './errors.ts';
import { type LocalSetup, type SetupOptions, startLocalSetup } from './localSetup.ts';
import { leaveForeignSettings } from './ownWorld.ts';
import type { Screen } from './screen.ts';

const EXIT = { told: 0, wentWrong: 1, stopped: 130 } as const;

export interface PerformanceOptions {
  keepOpen: boolean;
}

/** What one performance runs in. */
export interface House extends PerformanceOptions {
  screen: Screen;
  /** A new one, for the service and its service file. */
  folder: string;
  /** Aborts, with an error that says why, when the story cannot go on. */
  stop: AbortController;
  /** Aborts when somebody asks a second time to stop. */
  hard: AbortSignal;
}

/** Sets everything up, tells its story, takes everything down again; rejects where the story goes wrong. */
export type Play = (house: House) => Promise<void>;

/** Resolves to the exit code; nothing that the play started is left then. */
export async function perform(screen: Screen, options: PerformanceOptions, play: Play): Promise<number> {
  const { asked, hard } = stopRequests();
  const stop = new AbortController();
  asked.addEventListener('abort', () => stop.abort(new Stopped('stopped')));
  outliveReaders(() => stop.abort(new Stopped('nobody reads any more')));
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'cutover-demo-'));
  leaveForeignSettings(folder);
  let exit: number = EXIT.told;
  try {
    await play({ ...options, screen, folder, stop, hard });
  } catch (error) {
    exit = tellEnd(screen, folder, error as Error);
  }
  if (exit !== EXIT.wentWrong) await rm(folder, { recursive: true, force: true });
  return exit;
}

/** Runs `cutover dev` while `work` goes on, and stops it after that. */
export async function withDev(
  house: House,
  options: Pick<SetupOptions, 'file' | 'address' | 'uiPort'>,
  work: (setup: LocalSetup) => Promise<void>,
): Promise<void> {
  const { screen, stop, hard } = house;
  const setup = await raise(house, options);
  hard.addEventListener('abort', () => setup.stop());
  setup.died.then((how) => stop.abort(new StoryError(`\`cutover dev\` ended in the middle of it (${how})`)));
  try {
    await work(setup);
  } finally {
    await screen.during(() => 'stopping all that was started', setup.stop());
  }
}

async function raise({ screen, stop }: House, options: Pick<SetupOptions, 'file' | 'address' | 'uiPort'>): Promise<LocalSetup> {
  let doing = 'starting a Temporal server and a worker';
  let isUp = false;
  const onLine = (line: string): void => {
    doing = line;
    if (isUp) screen.say(screen.style.yellow(`   ${line}`));
  };
  const setup = await screen.during(() => doing, startLocalSetup({ ...options, onLine, signal: stop.signal }));
  isUp = true;
  return setup;
}

/** `where`: in which version, and where, users find the service. */
export async function stayOpen({ screen, stop }: House, { file, address, where }: { file: string; address: string; where: string }) {
  const rest = `-f ${file} --address ${address}`;
  screen.print(`\nAll of it goes on running until Ctrl-C. ${where}. Try in another terminal:`);
  for (const command of ['status', 'history', 'deploy v5 --wait', 'rollback']) screen.print(`    npx cutover ${command} ${rest}`);
  await untilAborted(stop.signal);
  if (!(stop.signal.reason instanceof Stopped)) throw stop.signal.reason;
}

function tellEnd(screen: Screen, folder: string, error: Error): number {
  if (error instanceof Stopped) return EXIT.stopped;
  screen.print(`\n${screen.style.bold(screen.style.red('The story went wrong:'))} ${error.message}`);
  screen.print(`The logs are kept: ${join(folder, '.cutover')}`);
  if (process.env.CUTOVER_DEBUG) screen.print(error.stack ?? '');
  return EXIT.wentWrong;
}

/** A closed terminal or a reader that went away (`| head`) stops the demo, in order. */
function outliveReaders(stop: () => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
}
