import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Failure } from '../../core/failure.ts';
import type { Color } from '../../core/plan.ts';

/** Whose deploy script last ran on a color, and whether it succeeded: a repeated attempt then only waits. */
export interface Progress {
  deploymentId: string;
  deployed: boolean;
}

const fileOf = (stateDir: string, color: Color): string => join(stateDir, `${color}.progress.json`);

export function readProgress(stateDir: string, color: Color): Progress | null {
  try {
    return JSON.parse(readFileSync(fileOf(stateDir, color), 'utf8')) as Progress;
  } catch {
    // Not known: the script is run again, which has to be safe.
    return null;
  }
}

export function writeProgress(stateDir: string, color: Color, progress: Progress): void {
  const file = fileOf(stateDir, color);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileAtomic.sync(file, JSON.stringify(progress), { mode: 0o600 });
  } catch (error) {
    throw new Failure('DeployFailed', `cannot write ${file}: ${(error as Error).message}`);
  }
}

export const forgetProgress = (stateDir: string, color: Color): void => rmSync(fileOf(stateDir, color), { force: true });
