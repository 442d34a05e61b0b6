import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Color } from '../../../core/plan.ts';
import { startToken } from '../../processes/processTable.ts';

/**
 * A claim is a file that the starting process itself creates, exclusively, with its own id and start time, before it
 * becomes the user's program. Whoever finds a record without a claim can void it: from then on a launcher that was
 * late refuses to go on. So a process is either known or never starts, whenever its worker is killed.
 */
export type Claim = { state: 'claimed'; pid: number; token: string } | { state: 'none' } | { state: 'void' };

/** `sh -c LAUNCHER sh CLAIM PROGRAM ARGUMENT…`: the user's argv is never interpreted. Built-ins only where there is a /proc. */
export const LAUNCHER = `
set -C
cutover_claim=$1
shift
{ read -r cutover_boot </proc/sys/kernel/random/boot_id && read -r cutover_stat </proc/$$/stat; } 2>/dev/null || {
  cutover_boot=
  cutover_stat=$(LC_ALL=C TZ=UTC /bin/ps -o lstart= -p $$)
}
printf '%s\\n' "$$" "$cutover_boot" "$cutover_stat" claimed >"$cutover_claim" || exit 125
exec "$@"
`;

export const runFolder = (stateDir: string): string => join(stateDir, 'run');
export const claimFile = (stateDir: string, color: Color, instance: string): string =>
  join(runFolder(stateDir), `${color}.${instance}.claim`);

export function readClaim(stateDir: string, color: Color, instance: string): Claim {
  let text: string;
  try {
    text = readFileSync(claimFile(stateDir, color, instance), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'none' };
    throw error;
  }
  // Created and not yet written: the launcher is at it this very moment.
  if (text === '') return { state: 'none' };
  const [pid = '', boot = '', stat = '', end] = text.split('\n');
  return end === 'claimed' ? { state: 'claimed', pid: Number(pid), token: startToken(boot, stat) } : { state: 'void' };
}

/** After this the instance is claimed or never will be. */
export async function settleClaim(stateDir: string, color: Color, instance: string): Promise<void> {
  try {
    writeFileSync(claimFile(stateDir, color, instance), 'void\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // No folder: nothing was ever launched from here, and a launcher without its folder refuses to go on, too.
    if (code === 'ENOENT') return;
    if (code !== 'EEXIST') throw error;
    // A launcher that created its claim writes it with its next system call, unless it was killed there.
    for (let tries = 0; tries < 20 && readClaim(stateDir, color, instance).state === 'none'; tries += 1) await sleep(25);
  }
}

/** Only for a start that was claimed: a void claim has to stay where it is. */
export function dropClaim(stateDir: string, color: Color, instance: string): void {
  if (readClaim(stateDir, color, instance).state === 'claimed') rmSync(claimFile(stateDir, color, instance), { force: true });
}
