import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { lastLogLines, logFile, quoteLog } from '../colorLog.ts';
import { describeExit, type Exit } from './exit.ts';
import { launch } from './launch.ts';
import { requireFreePort } from './port.ts';
import { probe } from './probe.ts';
import type { RunRecord, RunSpec } from './record.ts';
import { observeRun } from './runState.ts';
import { stopRun } from './stop.ts';

const LINES_IN_ERROR = 20;

/** Starts a color's process and returns when it is ready. Throws DeployFailed; nothing of it runs then. */
export async function bringUp(
  call: Call,
  stateDir: string,
  color: Color,
  run: { deploymentId: string; version: string } & RunSpec,
): Promise<void> {
  await requireFreePort(color, run.port, call.signal);
  call.signal.throwIfAborted();
  await waitUntilReady(call, stateDir, color, await launch(stateDir, color, run));
}

/** Polls the readiness path and the process's life. What does not become ready in time is stopped. */
export async function waitUntilReady(call: Call, stateDir: string, color: Color, record: RunRecord): Promise<void> {
  const deadline = Date.now() + record.readinessTimeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 250)) {
    call.heartbeat();
    // Never cut short by the deadline: the last answer is what the person will read.
    const answer = await probe(record.port, record.readinessPath, call.signal);
    call.signal.throwIfAborted();
    // The life is looked at after the answer: a stranger may have answered in the place of a process that just died.
    const run = await observeRun(stateDir, color, record);
    if (run.state === 'running' && answer.ready) return;
    if (run.state === 'exited')
      return giveUp(call, stateDir, color, record, `${describeExit(run.exit)} before it was ready${hint(run.exit)}`);
    if (Date.now() >= deadline) {
      return giveUp(call, stateDir, color, record, `was not ready within ${formatDuration(record.readinessTimeoutMs)}: ${answer.says}`);
    }
    await sleep(pause, undefined, { signal: call.signal });
  }
}

/** The log is read first: what a process writes when it is stopped would hide why. */
async function giveUp(call: Call, stateDir: string, color: Color, record: RunRecord, why: string): Promise<never> {
  const lines = await lastLogLines(stateDir, color, LINES_IN_ERROR);
  await stopRun(call, stateDir, color, record);
  throw new Failure('DeployFailed', `${color} ${record.version} ${why}.\n${quoteLog(logFile(stateDir, color), lines)}`);
}

const hint = (exit: Exit | null): string => (exit?.code === 0 ? ' (environment.command has to stay in the foreground)' : '');
