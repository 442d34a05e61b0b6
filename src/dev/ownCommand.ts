import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../paths.ts';
import type { Ending, Running } from './supervise.ts';

const LAST_BYTES = 8_192;

export interface OwnCommand {
  /** The command line after `cutover`. */
  args: string[];
  /** Gets what it prints; it and its folder are made. */
  logFile: string;
  /** 'tied': it learns by its IPC channel when this process is gone. 'free': it lives on. */
  life: 'tied' | 'free';
  /** How long it may take to end after SIGTERM. */
  graceMs: number;
}

export interface OwnProcess extends Running {
  child: ChildProcess;
}

/** Starts another command of this package, out of reach of the terminal's Ctrl-C: `cutover dev` alone decides who stops when. */
export function spawnOwn({ args, logFile, life, graceMs }: OwnCommand): OwnProcess {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a+', 0o600);
  const from = fstatSync(log).size;
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'cutover.js'), ...args], {
    detached: true,
    stdio: life === 'tied' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<Ending>((resolve) => {
    const end = (how: string) => resolve({ how, output: outputSince(logFile, from) });
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  const stop = async (hard: AbortSignal): Promise<void> => {
    child.kill('SIGTERM');
    const kill = () => child.kill('SIGKILL');
    const grace = setTimeout(kill, graceMs);
    if (hard.aborted) kill();
    hard.addEventListener('abort', kill, { once: true });
    await exited;
    clearTimeout(grace);
    hard.removeEventListener('abort', kill);
  };
  return { child, exited, stop };
}

/** The end of what was written to the log since then. */
function outputSince(logFile: string, from: number): string {
  const log = openSync(logFile, 'r');
  try {
    const start = Math.max(from, fstatSync(log).size - LAST_BYTES);
    const bytes = Buffer.alloc(LAST_BYTES);
    return bytes.toString('utf8', 0, readSync(log, bytes, 0, LAST_BYTES, start));
  } finally {
    closeSync(log);
  }
}
