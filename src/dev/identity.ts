import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOf } from '../providers/processes/processTable.ts';

/** One process for good: an id alone is given to another process some day. */
export interface ProcessIdentity {
  pid: number;
  token: string;
}

const POLL_MS = 200;

/** Null when there is no such process (any more). */
export async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  const token = await tokenOf(pid);
  return token === null ? null : { pid, token };
}

export const isAlive = async ({ pid, token }: ProcessIdentity): Promise<boolean> => (await tokenOf(pid)) === token;

/** Resolves when the process is gone: how to learn it of a process that is no child of this one. */
export async function untilGone(identity: ProcessIdentity, signal?: AbortSignal): Promise<void> {
  while (await isAlive(identity)) await sleep(POLL_MS, undefined, { signal });
}

/** SIGTERM, then SIGKILL after the grace time or when `hard` says so. Resolves when it is gone; touches no stranger with its id. */
export async function end(identity: ProcessIdentity, { graceMs, hard }: { graceMs: number; hard: AbortSignal }): Promise<void> {
  await send(identity, 'SIGTERM');
  const grace = AbortSignal.any([hard, AbortSignal.timeout(graceMs)]);
  await untilGone(identity, grace).catch(() => {});
  await send(identity, 'SIGKILL');
  await untilGone(identity);
}

async function send(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
