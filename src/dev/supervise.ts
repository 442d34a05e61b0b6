import { setTimeout as sleep } from 'node:timers/promises';
import { indented, lastLines } from '../providers/processes/outputLines.ts';

/** Something that runs, started by us or found. */
export interface Running {
  /** Resolves when it has ended by itself or by somebody else. */
  exited: Promise<Ending>;
  /** Resolves when it is gone. `hard` ends the patience with it. */
  stop(hard: AbortSignal): Promise<void>;
}

export interface Ending {
  /** As a person reads it: `exit code 1`, `SIGKILL`. */
  how: string;
  /** The end of what it printed. */
  output: string;
}

export interface SupervisedOptions<R extends Running> {
  /** As sentences begin with it: `the worker`. */
  name: string;
  /** Rejects when it cannot be started; nothing of it runs then. `signal` says that it is not wanted any more. */
  start(signal: AbortSignal): Promise<R>;
  /** What a person can do when it dies again and again. */
  advice: string;
  say(line: string): void;
}

export interface Supervised<R extends Running> {
  /** What was started first. */
  first: R;
  /** It is not started again, and is gone when this resolves. */
  stop(hard: AbortSignal): Promise<void>;
}

/** One that lived for less than this died "at once". */
const SHORT_LIFE_MS = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const DEATHS_UNTIL_ADVICE = 5;
const SLOW_PAUSE_MS = 15_000;

/** Starts it, rejecting where that fails, and from then on starts it again whenever it dies, until it is told to stop. */
export async function supervise<R extends Running>(options: SupervisedOptions<R>, signal: AbortSignal): Promise<Supervised<R>> {
  const stopping = new AbortController();
  const first = await options.start(signal);
  const last = keep(options, first, stopping.signal);
  return {
    first,
    stop: async (hard) => {
      stopping.abort();
      await (await last)?.stop(hard);
    },
  };
}

/** Answers with what runs when it is told to stop; null where it was just dead. */
async function keep<R extends Running>(options: SupervisedOptions<R>, first: R, stopping: AbortSignal): Promise<R | null> {
  let running: R | null = first;
  let since = Date.now();
  let deaths = 0;
  // Once for all lives: what waits for the signal stays with it until it aborts.
  const told = aborted(stopping);
  while (running !== null) {
    const ending: Ending | null = await Promise.race([running.exited, told]);
    if (ending === null) return running;
    deaths = Date.now() - since < SHORT_LIFE_MS ? deaths + 1 : 1;
    report(options, ending, deaths);
    ({ running, deaths } = await startAgain(options, deaths, stopping));
    since = Date.now();
  }
  return null;
}

/** Tries until it runs, or until nobody wants it any more (null). A start that fails counts as a death. */
async function startAgain<R extends Running>(options: SupervisedOptions<R>, deathsBefore: number, stopping: AbortSignal) {
  for (let deaths = deathsBefore; ; deaths += 1) {
    try {
      await sleep(pauseAfter(deaths), undefined, { signal: stopping });
      const running = await options.start(stopping);
      options.say(`${options.name} runs again`);
      return { running, deaths };
    } catch (error) {
      if (stopping.aborted) return { running: null, deaths };
      report(options, { how: (error as Error).message, output: '' }, deaths + 1);
    }
  }
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });

const pauseAfter = (deaths: number): number =>
  deaths >= DEATHS_UNTIL_ADVICE ? SLOW_PAUSE_MS : Math.min(FIRST_PAUSE_MS * 2 ** (deaths - 1), LONGEST_PAUSE_MS);

/** The first death may be anybody's kill; from the second on its own last words matter. */
function report({ name, advice, say }: Omit<SupervisedOptions<Running>, 'start'>, { how, output }: Ending, deaths: number): void {
  say(`${name} ended (${how}); starting it again`);
  const lines = deaths > 1 ? lastLines(output, 10) : [];
  if (lines.length > 0) say(indented(lines));
  if (deaths === DEATHS_UNTIL_ADVICE) {
    say(`${name} ended ${deaths} times in a row: ${advice}. It is tried again every ${SLOW_PAUSE_MS / 1000} s.`);
  }
}
