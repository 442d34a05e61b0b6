import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Failure, type FailureType } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';

/** All that is needed to start a color's process again, exactly as it was started. */
export interface RunSpec {
  command: string[];
  /** Only what cutover and the service file add to the worker's own environment. */
  env: Record<string, string>;
  folder: string;
  port: number;
  readinessPath: string;
  readinessTimeoutMs: number;
  stopTimeoutMs: number;
}

/**
 * What a color was last asked to run. Written before the process is started, so that a worker killed in between leaves
 * nothing that is not known; the process itself says in its claim (claim.ts) that it began.
 */
export interface RunRecord extends RunSpec {
  recordVersion: 1;
  /** One start of one process. */
  instance: string;
  deploymentId: string;
  version: string;
  startedAt: string;
  /** Set when cutover stopped it; the rest is kept: it says what ran last. */
  stoppedAt: string | null;
}

const recordFile = (stateDir: string, color: Color): string => join(stateDir, `${color}.json`);

export function readRecord(stateDir: string, color: Color): RunRecord | null {
  const file = recordFile(stateDir, color);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Failure('InvalidConfiguration', `cannot read ${file}, which says what runs as ${color}: ${(error as Error).message}`);
  }
}

/** Owner-only: the environment of a process holds secrets. */
export function writeRecord(stateDir: string, color: Color, record: RunRecord): void {
  const file = recordFile(stateDir, color);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileAtomic.sync(file, JSON.stringify(record, null, 2), { mode: 0o600 });
  } catch (error) {
    throw fileFailure('Unavailable', file, error);
  }
}

/** A full disk, a missing right: the person needs the path and the system's own words, which may lack the path. */
export const fileFailure = (type: FailureType, path: string, error: unknown): Failure =>
  new Failure(type, `cannot write ${path}: ${(error as Error).message}`);
