import type { Color } from '../../../core/plan.ts';
import { endGroup } from '../../processes/processGroup.ts';
import { tokenOf } from '../../processes/processTable.ts';
import type { Call } from '../../types.ts';
import { readClaim, settleClaim } from './claim.ts';
import { type RunRecord, readRecord, writeRecord } from './record.ts';

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
