import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { readClaim, settleClaim } from './claim.ts';
import { groupLives, tokenOf } from './processTable.ts';
import { type RunRecord, readRecord, writeRecord } from './record.ts';

/** How long the system may take to end a process after SIGKILL: it waits for a disk that hangs, for instance. */
const KILL_TIMEOUT_MS = 5_000;
/** Node's timers take a longer time for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends what the record speaks of, its child processes included, and keeps the record, marked. Resolves when all are gone. */
export async function stopRun(call: Call, stateDir: string, color: Color, record: RunRecord): Promise<void> {
  await settleClaim(stateDir, color, record.instance);
  const claim = readClaim(stateDir, color, record.instance);
  if (claim.state === 'claimed' && (await stillOurs(claim.pid, claim.token))) await endGroup(call, claim.pid, record.stopTimeoutMs);
  // Something new may have been started on the color meanwhile.
  if (readRecord(stateDir, color)?.instance !== record.instance) return;
  writeRecord(stateDir, color, { ...record, stoppedAt: new Date().toISOString() });
}

/** The system gives an id to nobody else while its group lives: a stranger with this id means that ours is gone. */
async function stillOurs(pid: number, token: string): Promise<boolean> {
  const now = await tokenOf(pid);
  return now === null || now === token;
}

async function endGroup(call: Call, pid: number, graceMs: number): Promise<void> {
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
  const deadline = Date.now() + Math.min(withinMs, LONGEST_TIMER_MS);
  for (let pause = 10; await groupLives(pid); pause = Math.min(pause * 2, 100)) {
    if (Date.now() >= deadline) return false;
    call.heartbeat();
    await sleep(pause, undefined, { signal: call.signal });
  }
  return true;
}
