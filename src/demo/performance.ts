import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../client.ts';
import { stopRequests, untilAborted } from '../dev/stopRequests.ts';
import { Stopped, StoryError } from './errors.ts';
import { type LocalSetup, startLocalSetup } from './localSetup.ts';
import { leaveForeignSettings } from './ownWorld.ts';
import { freePorts, HOST } from './ports.ts';
import type { Screen } from './screen.ts';
import { writeFolder } from './serviceFile.ts';
import { tellStory } from './story.ts';
import { summaryLines } from './summary.ts';

const EXIT = { told: 0, wentWrong: 1, stopped: 130 } as const;

interface Options {
  keepOpen: boolean;
}

/** What one performance runs on. */
interface House extends Options {
  screen: Screen;
  folder: string;
  /** The service file. */
  file: string;
  /** host:port where the Temporal server is to be. */
  address: string;
  uiPort: number;
  /** Aborts, with an error that says why, when the story cannot go on. */
  stop: AbortController;
}

/** Sets everything up, tells the story, takes everything down. Resolves to the exit code; nothing it started is left then. */
export async function perform(screen: Screen, options: Options): Promise<number> {
  const { asked, hard } = stopRequests();
  const stop = new AbortController();
  asked.addEventListener('abort', () => stop.abort(new Stopped('stopped')));
  outliveReaders(() => stop.abort(new Stopped('nobody reads any more')));
  const [front, blue, green, temporal, uiPort] = (await freePorts(5)) as [number, number, number, number, number];
  const { folder, file } = await writeFolder({ front, blue, green });
  leaveForeignSettings(folder);
  const house: House = { ...options, screen, folder, file, address: `${HOST}:${temporal}`, uiPort, stop };
  let exit: number = EXIT.told;
  try {
    await tellAndTakeDown(house, hard);
  } catch (error) {
    exit = tellEnd(house, error as Error);
  }
  if (exit !== EXIT.wentWrong) await rm(folder, { recursive: true, force: true });
  return exit;
}

async function tellAndTakeDown(house: House, hard: AbortSignal): Promise<void> {
  const { screen, stop } = house;
  const setup = await raise(house);
  hard.addEventListener('abort', () => setup.stop());
  setup.died.then((how) => stop.abort(new StoryError(`\`cutover dev\` ended in the middle of it (${how})`)));
  try {
    await tell(house, setup);
  } finally {
    await screen.during(() => 'stopping all that was started', setup.stop());
    screen.print(screen.style.dim('All that was started is stopped.'));
  }
}

async function raise({ screen, file, address, uiPort, stop }: House): Promise<LocalSetup> {
  screen.print(`${screen.style.bold('cutover: three releases of a web shop, under steady traffic')}\n`);
  let doing = 'starting a Temporal server, the router and a worker';
  let isUp = false;
  const onLine = (line: string): void => {
    doing = line;
    if (isUp) screen.say(screen.style.yellow(`   ${line}`));
  };
  const starting = startLocalSetup({ file, address, uiPort, onLine, signal: stop.signal });
  const setup = await screen.during(() => doing, starting);
  isUp = true;
  const { style } = screen;
  screen.say(`${style.green('✔')} \`cutover dev\` runs all that is needed on this machine:`);
  screen.say(`    the router at ${setup.front}: users connect to it, and it sends them to blue or to green`);
  screen.say('    a worker, which carries deployments out; it may die at any moment, and the next one goes on');
  screen.say(`    a Temporal server, which remembers where each deployment is; look at it: ${style.cyan(setup.ui)}`);
  return setup;
}

async function tell(house: House, setup: LocalSetup): Promise<void> {
  const { screen, file, stop, keepOpen } = house;
  const started = Date.now();
  const client = await connect({ address: setup.address, namespace: 'default' });
  const tally = await tellStory({ setup, client, screen, file, signal: stop.signal });
  const lines = summaryLines({ tally, ui: setup.ui, keepOpen, seconds: (Date.now() - started) / 1_000 }, screen.style);
  screen.print(`\n${lines.join('\n')}`);
  if (keepOpen) await stayOpen(house, setup);
}

async function stayOpen({ screen, file, stop }: House, { address, front }: LocalSetup): Promise<void> {
  const rest = `-f ${file} --address ${address}`;
  screen.print(`\nAll of it goes on running until Ctrl-C. v2 answers at ${front}. Try in another terminal:`);
  for (const command of ['status', 'history', 'deploy v4 --wait', 'rollback']) screen.print(`    npx cutover ${command} ${rest}`);
  await untilAborted(stop.signal);
  if (!(stop.signal.reason instanceof Stopped)) throw stop.signal.reason;
}

function tellEnd({ screen, folder }: House, error: Error): number {
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
