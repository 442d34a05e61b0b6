import { join } from 'node:path';
import { type Artifact, type ArtifactOptions, cachedArtifact } from './artifact.ts';
import { downloadWithSdk } from './download.ts';
import { messageOf, TemporalServerError } from './errors.ts';
import { cacheFolder } from './folders.ts';
import { buildWithGo } from './goBuild.ts';
import { checkStartDev, findOnPath, usableVersion } from './onPath.ts';

/** The temporal CLI that is downloaded or built where none is installed. tools/temporal/go.mod requires the same. */
export const TEMPORAL_CLI = 'v1.5.1';

export interface TemporalBinary {
  path: string;
  /** Of the CLI, as `1.5.1`. */
  version: string;
  from: 'path' | 'cache' | 'download' | 'build';
}

/**
 * A `temporal` program that can start a dev server: the one on PATH, ours in the cache, a download by the SDK, or built with Go.
 * Takes minutes when it has to be built, once per machine; `progress` is told.
 * @throws TemporalServerError that says what was tried, why each way failed, and the cure.
 */
export async function findTemporalBinary(options: ArtifactOptions): Promise<TemporalBinary> {
  const tried: string[] = [];
  const installed = await findInstalled(tried, options);
  if (installed) return installed;
  const artifact = temporalArtifact(tried, options);
  try {
    const from = await cachedArtifact(artifact, options);
    const path = binaryIn(artifact.folder);
    return { path, version: await usableVersion(path), from };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new TemporalServerError(unavailable(tried, messageOf(error), artifact.folder));
  }
}

const binaryIn = (folder: string): string => join(folder, 'temporal');

async function findInstalled(tried: string[], { progress }: ArtifactOptions): Promise<TemporalBinary | null> {
  const path = await findOnPath('temporal');
  if (!path) {
    tried.push('temporal on PATH: there is none');
    return null;
  }
  try {
    const version = await usableVersion(path);
    await checkStartDev(path);
    return { path, version, from: 'path' };
  } catch (error) {
    tried.push(`temporal on PATH (${path}): ${messageOf(error)}`);
    progress(`${path} is passed over: ${messageOf(error)}`);
    return null;
  }
}

function temporalArtifact(tried: string[], { progress, signal }: ArtifactOptions): Artifact {
  return {
    name: `the Temporal dev server (temporal CLI ${TEMPORAL_CLI})`,
    folder: join(cacheFolder(), 'temporal', TEMPORAL_CLI),
    check: (folder) => usableVersion(binaryIn(folder)),
    make: async (folder) => {
      const target = binaryIn(folder);
      try {
        await downloadWithSdk({ server: 'dev', version: TEMPORAL_CLI, target, progress, signal });
        return 'download';
      } catch (error) {
        signal?.throwIfAborted();
        tried.push(`download by the Temporal SDK: ${messageOf(error)}`);
      }
      await buildWithGo({ version: TEMPORAL_CLI, target, progress, signal });
      return 'build';
    },
  };
}

function unavailable(tried: readonly string[], last: string, folder: string): string {
  const downloaded = tried.some((line) => line.startsWith('download'));
  const steps = [...tried, downloaded ? `build with Go: ${last}` : `cache (${folder}): ${last}`];
  return [
    'no Temporal server can be started on this machine:',
    ...steps.map((step) => `  - ${step.replaceAll('\n', '\n    ')}`),
    'Install the temporal CLI (https://docs.temporal.io/cli), or Go 1.25 or newer (https://go.dev/dl) so that it can be built,',
    'or give the address of a Temporal server that runs (--address, TEMPORAL_ADDRESS).',
  ].join('\n');
}
