import type { Color } from '../../../core/plan.ts';
import type { Call, ColorState } from '../../types.ts';
import { lastLogLines } from '../colorLog.ts';
import { describeExit } from './exit.ts';
import { probe } from './probe.ts';
import { readRecord } from './record.ts';
import { observeRun } from './runState.ts';

const NOTHING: ColorState = { version: null, capacity: 0, ready: 0, detail: null };

/** What runs as a color now. A process that died by itself still counts as wanted: its version and how it ended are said. */
export async function describeRun(call: Call, stateDir: string, color: Color): Promise<ColorState> {
  const record = readRecord(stateDir, color);
  if (record === null || record.stoppedAt !== null) return NOTHING;
  const run = await observeRun(stateDir, color, record);
  const there = { version: record.version, capacity: 1, ready: 0 };
  if (run.state === 'starting') return { ...there, detail: 'is being started' };
  if (run.state === 'exited') {
    const [line] = await lastLogLines(stateDir, color, 1);
    return { ...there, detail: `${describeExit(run.exit)}${line === undefined ? '' : `; its last line: ${line}`}` };
  }
  const answer = await probe(record.port, record.readinessPath, call.signal);
  call.signal.throwIfAborted();
  return answer.ready ? { ...there, ready: 1, detail: null } : { ...there, detail: answer.says };
}
