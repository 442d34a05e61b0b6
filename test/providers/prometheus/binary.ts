/** A real Prometheus server for the tests: the one on PATH, else Debian's package, unpacked once into the user's cache without installing it. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, type ArtifactOptions, cachedArtifact } from '../../../src/temporal/artifact.ts';
import { runCommand } from '../../../src/temporal/command.ts';
import { messageOf } from '../../../src/temporal/errors.ts';
import { cacheFolder } from '../../../src/temporal/folders.ts';
import { findOnPath } from '../../../src/temporal/onPath.ts';

const CHECK_MS = 20_000;
const APT_MS = 3 * 60_000;

/** Throws an Error that says why there is none and what to do. */
export async function prometheusBinary(options: ArtifactOptions): Promise<string> {
  const installed = await findOnPath('prometheus');
  if (installed) return installed;
  const artifact = debianPackage(options);
  try {
    await cachedArtifact(artifact, options);
  } catch (error) {
    throw new Error(
      `there is no prometheus on PATH, and Debian's package cannot be had: ${messageOf(error).split('\n')[0]}; install Prometheus`,
    );
  }
  return binaryIn(artifact.folder);
}

const binaryIn = (folder: string): string => join(folder, 'prometheus');

const debianPackage = ({ progress, signal }: ArtifactOptions): Artifact => ({
  name: "Debian's package of Prometheus",
  folder: join(cacheFolder(), 'prometheus-debian'),
  check: (folder) => runCommand([binaryIn(folder), '--version'], { timeoutMs: CHECK_MS, signal }),
  async make(folder) {
    progress("downloading Debian's package of Prometheus: 20 MB, once on this machine");
    const work = join(folder, 'work');
    await mkdir(join(work, 'lists', 'partial'), { recursive: true });
    await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
    await download(work, signal);
    const [archive] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    await runCommand(['dpkg-deb', '-x', join(work, archive!), join(work, 'unpacked')], { timeoutMs: APT_MS, signal });
    await rename(join(work, 'unpacked', 'usr', 'bin', 'prometheus'), binaryIn(folder));
    await rm(work, { recursive: true });
    return 'download';
  },
});

/** The system's lists of packages may be missing or old, and need root to be renewed: then lists of our own are used. */
async function download(work: string, signal: AbortSignal | undefined): Promise<void> {
  const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  const apt = (...args: string[]) => runCommand(['apt-get', '--quiet', ...args], { cwd: work, timeoutMs: APT_MS, signal });
  try {
    await apt('download', 'prometheus');
  } catch {
    signal?.throwIfAborted();
    await apt(...own, 'update');
    await apt(...own, 'download', 'prometheus');
  }
}
