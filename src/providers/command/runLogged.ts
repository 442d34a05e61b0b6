import { closeSync } from 'node:fs';
import { Failure, type FailureType } from '../../core/failure.ts';
import type { Color } from '../../core/plan.ts';
import { lastLogLines, logFile, openLog, quoteLog } from '../environments/colorLog.ts';
import type { Call } from '../types.ts';
import { ending } from './failure.ts';
import { type Finished, runScript, type Script } from './run.ts';

const LINES_IN_ERROR = 20;

interface Job {
  stateDir: string;
  color: Color;
  task: string;
  /** What it means when the script fails. */
  failure: FailureType;
}

/** Runs a script, its output going to the color's log. Throws, with the last lines, unless it exits with code 0. */
export async function runLogged(call: Call, job: Job, script: Script): Promise<void> {
  const finished = await intoLog(call, job, script);
  call.signal.throwIfAborted();
  if (finished.how === 'exited' && finished.code === 0) return;
  const lines = await lastLogLines(job.stateDir, job.color, LINES_IN_ERROR);
  const log = quoteLog(logFile(job.stateDir, job.color), lines);
  throw new Failure(job.failure, `${job.task} on ${job.color}: ${ending(script, finished)}.\n${log}`);
}

async function intoLog(call: Call, { stateDir, color, task }: Job, script: Script): Promise<Finished> {
  const log = open(stateDir, color, `${new Date().toISOString()} ${task} on ${color}: ${script.argv.join(' ')}`);
  try {
    return await runScript(call, { ...script, log });
  } finally {
    closeSync(log);
  }
}

function open(stateDir: string, color: Color, headline: string): number {
  try {
    return openLog(stateDir, color, headline);
  } catch (error) {
    throw new Failure('Unavailable', `cannot write ${logFile(stateDir, color)}: ${(error as Error).message}`);
  }
}
