/** The AWS emulator moto, installed once per machine into a Python environment of its own in the user's cache. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactOptions, cachedArtifact } from '../temporal/artifact.ts';
import { runCommand } from '../temporal/command.ts';
import { messageOf } from '../temporal/errors.ts';
import { cacheFolder, toolFolder } from '../temporal/folders.ts';
import { EmulatorError } from './errors.ts';

/** What tools/moto/requirements.txt names. */
export const MOTO_VERSION = '5.2.5';

const VENV_MS = 120_000;
const INSTALL_MS = 15 * 60_000;
const CHECK_MS = 60_000;
/** An installation from a package cache may take less; nobody needs a line about it. */
const SILENT_MS = 2_000;

/** Fails when the system's Python was replaced since by one that does not see them. Importing them would take half a second. */
const FIND_PACKAGES = `from importlib.util import find_spec
raise SystemExit(not all(map(find_spec, ["moto", "flask", "flask_cors", "werkzeug"])))`;

/** Not bin/moto_server: scripts of an environment name the folder in which it was made. */
const pythonIn = (folder: string): string => join(folder, 'bin', 'python3');

/**
 * The Python that has moto. Installs it where it is not in the cache yet (half a minute, 140 MB); one process does, others wait.
 * @throws EmulatorError in one line, when python3 is missing, cannot make an environment, or moto cannot be installed.
 */
export async function motoPython(options: ArtifactOptions): Promise<string> {
  const { signal } = options;
  const folder = await folderInCache();
  await cachedArtifact(
    {
      name: `the AWS emulator moto ${MOTO_VERSION}`,
      folder,
      compare: 'nothing',
      check: (made) => runCommand([pythonIn(made), '-c', FIND_PACKAGES], { timeoutMs: CHECK_MS, signal }),
      make: (empty) => install(empty, options),
    },
    options,
  );
  return pythonIn(folder);
}

const requirements = (): string => join(toolFolder('moto'), 'requirements.txt');

/** One per list of requirements: an environment that somebody uses is never changed. */
async function folderInCache(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(requirements()));
  return join(cacheFolder(), `moto-${MOTO_VERSION}-${hash.digest('hex').slice(0, 8)}`);
}

async function install(folder: string, options: ArtifactOptions): Promise<'download'> {
  const line = setTimeout(
    () =>
      options.progress(`installing the AWS emulator moto ${MOTO_VERSION} with python3, half a minute to a minute, once on this machine…`),
    SILENT_MS,
  );
  try {
    await makeEnvironment(folder, options);
    await installMoto(folder, options);
  } finally {
    clearTimeout(line);
  }
  return 'download';
}

async function makeEnvironment(folder: string, { signal }: ArtifactOptions): Promise<void> {
  try {
    await runCommand(['python3', '-m', 'venv', folder], { timeoutMs: VENV_MS, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const why = firstReason(error);
    throw new EmulatorError(
      `the AWS emulator needs python3 (3.10 or newer) with its venv module: ${why}; install it (Debian: apt install python3-venv)`,
    );
  }
}

async function installMoto(folder: string, { signal }: ArtifactOptions): Promise<void> {
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements()];
  try {
    await runCommand([pythonIn(folder), ...install], { timeoutMs: INSTALL_MS, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const cure = 'python3 has to be 3.10 or newer, and pip has to reach a package index';
    throw new EmulatorError(`the AWS emulator moto ${MOTO_VERSION} could not be installed by pip: ${firstReason(error)}; ${cure}`);
  }
}

/** What a command said, in one line: its own words about the error, where it has some. */
function firstReason(error: unknown): string {
  const lines = messageOf(error).split('\n');
  const said = lines.find((line) => /^error:|not created successfully|No module named/i.test(line.trim()));
  return said ? `${lines[0]}: ${said.trim()}` : lines[0]!;
}
