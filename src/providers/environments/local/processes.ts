import { COLORS, type Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { bringUp, waitUntilReady } from './bringUp.ts';
import { readRecord } from './record.ts';
import { observeRun } from './runState.ts';
import { stopRun } from './stop.ts';

/** A color's process as `cutover dev` shows and ends it. */
export interface RunningColor {
  color: Color;
  version: string;
  deploymentId: string;
  pid: number;
  port: number;
  startedAt: string;
}

const onMyOwn = (signal: AbortSignal | undefined): Call => ({ signal: signal ?? new AbortController().signal, heartbeat: () => {} });

/** The colors whose processes live, whoever started them. */
export async function runningColors(stateDir: string): Promise<RunningColor[]> {
  const found = await Promise.all(COLORS.map((color) => runningColor(stateDir, color)));
  return found.filter((one) => one !== null);
}

async function runningColor(stateDir: string, color: Color): Promise<RunningColor | null> {
  const record = readRecord(stateDir, color);
  if (record === null) return null;
  const run = await observeRun(stateDir, color, record);
  if (run.state !== 'running') return null;
  const { version, deploymentId, port, startedAt } = record;
  return { color, version, deploymentId, pid: run.pid, port, startedAt };
}

/** Ends a color's process as `remove` does: SIGTERM, the grace time that it was started with, SIGKILL. */
export async function stopColor(stateDir: string, color: Color, signal?: AbortSignal): Promise<void> {
  const record = readRecord(stateDir, color);
  if (record !== null && record.stoppedAt === null) await stopRun(onMyOwn(signal), stateDir, color, record);
}

/**
 * Starts again what a color last ran (same command, environment, version and deployment), unless it lives, and returns
 * when it is ready. False when nothing was ever started on it. Throws DeployFailed as `ensure` does.
 */
export async function reviveColor(stateDir: string, color: Color, signal?: AbortSignal): Promise<boolean> {
  const record = readRecord(stateDir, color);
  if (record === null) return false;
  const call = onMyOwn(signal);
  if ((await observeRun(stateDir, color, record)).state === 'running') {
    await waitUntilReady(call, stateDir, color, record);
    return true;
  }
  if (record.stoppedAt === null) await stopRun(call, stateDir, color, record);
  await bringUp(call, stateDir, color, record);
  return true;
}
