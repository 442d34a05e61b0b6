import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';
import { endGroup } from '../processes/processGroup.ts';
import type { Call } from '../types.ts';
import { keepEnd } from './keepEnd.ts';

const GRACE_MS = 5_000;
const HEARTBEAT_MS = 1_000;

export interface Script {
  argv: string[];
  folder: string;
  /** On top of the worker's own environment. */
  env: Record<string, string>;
  timeoutMs: number;
  /** A descriptor that gets all output, where it is kept; else it is answered. */
  log?: number;
}

/** How a script ended. One that was timed out or aborted may have done its work all the same. */
export interface Finished {
  how: 'exited' | 'timed-out' | 'aborted';
  code: number | null;
  signal: string | null;
  /** The end of its output; empty where that went to a log. */
  stdout: string;
  stderr: string;
}

/**
 * Runs a script in a process group of its own, which is ended (SIGTERM, 5 s, SIGKILL) when the time limit passes or nobody
 * waits any more. What a script that exits leaves running in the background is left alone: starting that may be its job.
 * Throws InvalidConfiguration when it cannot be started.
 */
export async function runScript(call: Call, script: Script): Promise<Finished> {
  call.signal.throwIfAborted();
  const child = start(script);
  const stdout = keepEnd(child.stdout);
  const stderr = keepEnd(child.stderr);
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const closed = once(child, 'close');
  const over = new AbortController();
  const beat = setInterval(() => call.heartbeat(), HEARTBEAT_MS);
  try {
    const limit = AbortSignal.timeout(Math.min(script.timeoutMs, LONGEST_TIMER_MS));
    const how = await Promise.race([
      exited.then(() => 'exited' as const),
      aborted(call.signal, over.signal).then(() => 'aborted' as const),
      aborted(limit, over.signal).then(() => 'timed-out' as const),
    ]);
    if (how !== 'exited') await endGroup({ signal: new AbortController().signal, heartbeat: call.heartbeat }, child.pid!, GRACE_MS);
    const [code, signal] = await exited;
    // A background process that inherited the output keeps it open.
    await Promise.race([closed, sleep(500, undefined, { ref: false })]);
    return { how, code, signal, stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    throw error instanceof Failure ? error : cannotStart(script, error);
  } finally {
    over.abort();
    clearInterval(beat);
    closed.catch(() => {});
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function start(script: Script): ChildProcess {
  const [program, ...args] = script.argv;
  const output = script.log ?? 'pipe';
  const env = { ...process.env, ...script.env };
  try {
    return spawn(program!, args, { cwd: script.folder, env, detached: true, stdio: ['ignore', output, output] });
  } catch (error) {
    throw cannotStart(script, error);
  }
}

/** Stops listening when `over`: a signal may outlive many scripts. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}

function cannotStart({ argv, folder }: Script, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!existsSync(folder)) return new Failure('InvalidConfiguration', `the folder ${folder} does not exist`);
  if (code === 'ENOENT') return new Failure('InvalidConfiguration', `the program ${argv[0]} was not found (in ${folder} or PATH)`);
  return new Failure('InvalidConfiguration', `cannot start ${argv[0]}: ${code ?? message}`);
}
