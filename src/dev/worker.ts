import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedConnection } from '../client/resolve.ts';
import { indented, lastLines } from '../providers/processes/outputLines.ts';
import { DevError } from './errors.ts';
import { type OwnProcess, spawnOwn } from './ownCommand.ts';
import type { Running } from './supervise.ts';

export interface WorkerSettings {
  /** The service file. */
  file: string;
  connection: ResolvedConnection;
  logFile: string;
}

export interface RunningWorker extends Running {
  pid: number;
}

const READY_MS = 60_000;
/** Enough for a write to a local router. Whatever takes longer is repeated by the next worker: every activity may be. */
const GRACE_MS = 3_000;

/** A worker whose life is tied to this process: it ends when this one is gone, even by SIGKILL. */
export async function startWorker({ file, connection, logFile }: WorkerSettings, signal: AbortSignal): Promise<RunningWorker> {
  const { address, namespace, taskQueue } = connection;
  const args = ['worker', '--file', file, '--address', address, '--namespace', namespace, '--task-queue', taskQueue];
  const worker = spawnOwn({ args, logFile, life: 'tied', graceMs: GRACE_MS });
  const settled = new AbortController();
  try {
    await Promise.race([ready(worker), earlyEnd(worker), tooLate(AbortSignal.any([signal, settled.signal]))]);
    return { ...worker, pid: worker.child.pid! };
  } catch (error) {
    await worker.stop(AbortSignal.abort());
    throw error;
  } finally {
    settled.abort();
  }
}

const ready = ({ child }: OwnProcess): Promise<void> => new Promise((resolve) => child.once('message', () => resolve()));

async function earlyEnd({ exited }: OwnProcess): Promise<never> {
  const { how, output } = await exited;
  throw new DevError(`the worker cannot be started (${how}):\n${indented(lastLines(output, 10))}`);
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await sleep(READY_MS, undefined, { signal, ref: false });
  throw new DevError(`the worker is not ready within ${READY_MS / 1000} s`);
}
