import type { Color } from '../../../core/plan.ts';
import type { Call, ColorState } from '../../types.ts';
import { lastLogLines } from '../colorLog.ts';
import { describeExit, type Exit } from './exit.ts';
import { probe } from './probe.ts';
import { readRecord } from './record.ts';
import { observeRun } from './runState.ts';

const NOTHING: ColorState = { version: null, capacity: 0, ready: 0, detail: null };

/** What runs as a color now. A process that died by itself still counts as wanted: its version and how it ended are said. */
export async function describeRun(call: Call, stateDir: string, color: Color): Promise<ColorState> {
  const record = readRecord(stateDir, color);
  if (record === null || record.stoppedAt !== null) return NOTHING;
  const there = { version: record.version, capacity: 1, ready: 0 };
  const run = await observeRun(stateDir, color, record);
  if (run.state === 'starting') return { ...there, detail: 'is being started' };
  if (run.state === 'exited') return { ...there, detail: await inWords(stateDir, color, run.exit) };
  const answer = await probe(record.port, record.readinessPath, call.signal);
  call.signal.throwIfAborted();
  if (answer.ready) return { ...there, ready: 1, detail: null };
  // It may have ended while it was asked: then that says more than a lost connection.
  const after = await observeRun(stateDir, color, record);
  return { ...there, detail: after.state === 'exited' ? await inWords(stateDir, color, after.exit) : answer.says };
}

async function inWords(stateDir: string, color: Color, exit: Exit | null): Promise<string> {
  const [line] = await lastLogLines(stateDir, color, 1);
  return `${describeExit(exit)}${line === undefined ? '' : `; its last line: ${line}`}`;
}
