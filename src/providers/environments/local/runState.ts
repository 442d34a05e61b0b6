import type { Color } from '../../../core/plan.ts';
import { tokenOf } from '../../processes/processTable.ts';
import { readClaim } from './claim.ts';
import { type Exit, exitOf, exitSeen } from './exit.ts';
import type { RunRecord } from './record.ts';

/** What has become of the process that a record speaks of. 'starting': it has not yet said who it is. */
export type RunState =
  | { state: 'starting' }
  | { state: 'running'; pid: number }
  | { state: 'exited'; pid: number | null; exit: Exit | null };

export async function observeRun(stateDir: string, color: Color, { instance }: RunRecord): Promise<RunState> {
  const claim = readClaim(stateDir, color, instance);
  if (claim.state === 'claimed') {
    if ((await tokenOf(claim.pid)) === claim.token) return { state: 'running', pid: claim.pid };
    return { state: 'exited', pid: claim.pid, exit: await exitOf(stateDir, color, instance) };
  }
  const exit = exitSeen(stateDir, color, instance);
  if (claim.state === 'void' || exit !== null) return { state: 'exited', pid: null, exit };
  return { state: 'starting' };
}
