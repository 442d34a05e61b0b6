import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from './errors.ts';
import { withLock } from './lock.ts';
import { differenceFromRecord, writeRecord } from './record.ts';

export type Progress = (line: string) => void;

/** A program that is made once and kept in the cache. */
export interface Artifact {
  /** What messages call it. */
  name: string;
  /** Its folder in the cache; one per version. */
  folder: string;
  /** Makes it in an empty folder on the same file system. Rejects when it cannot. */
  make(folder: string): Promise<'download' | 'build'>;
  /** Rejects when what lies in the folder does not run. */
  check(folder: string): Promise<unknown>;
  /** `files`, unless it says otherwise: each file in the cache is compared with what was made. For thousands of them, `check` has to do. */
  compare?: 'files' | 'nothing';
}

export interface ArtifactOptions {
  progress: Progress;
  signal?: AbortSignal | undefined;
}

const ABSENT = 'absent';
/** Longer than any build takes. */
const LEFTOVER_MS = 60 * 60_000;

/**
 * Takes the artifact from the cache, or makes it. Safe between processes: one makes it, the others wait and then take it.
 * It appears under its name only when it is complete, so that an interruption leaves nothing that looks like it.
 */
export async function cachedArtifact(artifact: Artifact, options: ArtifactOptions): Promise<'cache' | 'download' | 'build'> {
  if ((await fault(artifact)) === null) return 'cache';
  await mkdir(dirname(artifact.folder), { recursive: true });
  const onWait = (waitedMs: number) =>
    options.progress(`another process is preparing ${artifact.name}: waiting for it (${Math.round(waitedMs / 1000)} s)`);
  return withLock({ path: `${artifact.folder}.lock`, signal: options.signal, onWait }, async () => {
    const reason = await fault(artifact);
    if (reason === null) return 'cache';
    if (reason !== ABSENT) options.progress(`${artifact.name} in the cache is not usable (${reason}): making it again`);
    return make(artifact);
  });
}

async function fault(artifact: Artifact): Promise<string | null> {
  if (!existsSync(artifact.folder)) return ABSENT;
  const difference = artifact.compare === 'nothing' ? null : await differenceFromRecord(artifact.folder);
  if (difference !== null) return difference;
  return artifact.check(artifact.folder).then(
    () => null,
    (error) => messageOf(error),
  );
}

async function make(artifact: Artifact): Promise<'download' | 'build'> {
  await removeLeftovers(artifact);
  const folder = await mkdtemp(makingPrefix(artifact));
  try {
    const from = await artifact.make(folder);
    await artifact.check(folder);
    if (artifact.compare !== 'nothing') await writeRecord(folder);
    await rm(artifact.folder, { recursive: true, force: true });
    await rename(folder, artifact.folder);
    return from;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const makingPrefix = (artifact: Artifact): string => `${artifact.folder}.making-`;

/** What makers that were killed left behind. A young folder may be in use still, by one that lost the lock while the machine slept. */
async function removeLeftovers(artifact: Artifact): Promise<void> {
  const parent = dirname(artifact.folder);
  const prefix = basename(makingPrefix(artifact));
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const { mtimeMs } = await stat(join(parent, name));
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(join(parent, name), { recursive: true, force: true });
  }
}
