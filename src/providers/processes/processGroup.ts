import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import type { Call } from '../types.ts';
import { groupLives } from './processTable.ts';

/** How long the system may take to end a process after SIGKILL: it waits for a disk that hangs, for instance. */
const KILL_TIMEOUT_MS = 5_000;

/** Ends a process group that was started as a session of its own: SIGTERM, a grace time, SIGKILL. Resolves when all are gone. */
export async function endGroup(call: Call, pid: number, graceMs: number): Promise<void> {
  if (!(await groupLives(pid))) return;
  signalGroup(pid, 'SIGTERM');
  if (await groupEnds(call, pid, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  if (await groupEnds(call, pid, KILL_TIMEOUT_MS)) return;
  throw new Failure('Unavailable', `process group ${pid} is still there ${KILL_TIMEOUT_MS / 1000} s after SIGKILL`);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM') throw new Failure('PermissionDenied', `not allowed to send ${signal} to process group ${pid}`);
    if (code !== 'ESRCH') throw error;
  }
}

async function groupEnds(call: Call, pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (let pause = 10; await groupLives(pid); pause = Math.min(pause * 2, 100)) {
    if (Date.now() >= deadline) return false;
    call.heartbeat();
    await sleep(pause, undefined, { signal: call.signal });
  }
  return true;
}
