import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync } from 'node:fs';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { openLog, rotateLog } from '../colorLog.ts';
import { claimFile, dropClaim, LAUNCHER, runFolder } from './claim.ts';
import { dropExit, watchExit } from './exit.ts';
import { requireProgram } from './program.ts';
import { fileFailure, type RunRecord, type RunSpec, readRecord, writeRecord } from './record.ts';

/**
 * Starts a process in a session of its own, its output going straight to the log file, so that it needs nothing of this
 * worker any more. Throws DeployFailed when it cannot be started at all.
 */
export async function launch(stateDir: string, color: Color, run: { deploymentId: string; version: string } & RunSpec): Promise<RunRecord> {
  const env = { ...process.env, ...run.env };
  requireProgram(run.command[0]!, run.folder, env.PATH ?? '');
  const record: RunRecord = {
    ...run,
    recordVersion: 1,
    instance: randomBytes(8).toString('hex'),
    startedAt: new Date().toISOString(),
    stoppedAt: null,
  };
  const child = spawnRecorded(stateDir, color, record, env);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Failure('DeployFailed', `cannot start ${run.command[0]} in ${run.folder}: ${(error as Error).message}`);
  }
  return record;
}

/** Without a pause between the record and the process: two of these in one worker cannot mix. */
function spawnRecorded(stateDir: string, color: Color, record: RunRecord, env: NodeJS.ProcessEnv): ChildProcess {
  const log = beginRecord(stateDir, color, record);
  try {
    const child = spawn('/bin/sh', ['-c', LAUNCHER, 'sh', claimFile(stateDir, color, record.instance), ...record.command], {
      cwd: record.folder,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    watchExit(child, stateDir, color, record.instance);
    child.unref();
    return child;
  } catch (error) {
    throw new Failure('DeployFailed', `cannot start ${record.command[0]}: ${(error as Error).message}`);
  } finally {
    closeSync(log);
  }
}

/** Leaves the intent on disk and the log open. Nothing has been started yet, so a full disk ends the deployment here. */
function beginRecord(stateDir: string, color: Color, record: RunRecord): number {
  const former = readRecord(stateDir, color);
  try {
    mkdirSync(runFolder(stateDir), { recursive: true, mode: 0o700 });
    if (former !== null) {
      dropClaim(stateDir, color, former.instance);
      dropExit(stateDir, color, former.instance);
    }
    writeRecord(stateDir, color, record);
    if (former?.deploymentId !== record.deploymentId) rotateLog(stateDir, color);
    return openLog(stateDir, color, `${record.startedAt} ${color} ${record.version}: ${record.command.join(' ')}`);
  } catch (error) {
    throw error instanceof Failure ? new Failure('DeployFailed', error.message) : fileFailure('DeployFailed', stateDir, error);
  }
}
