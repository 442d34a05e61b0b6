/** The AWS emulator moto, installed once per machine into a Python environment of its own in the user's cache. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../temporal/command.ts';
import { messageOf } from '../temporal/errors.ts';
import { cacheFolder, toolFolder } from '../temporal/folders.ts';
import { withLock } from '../temporal/lock.ts';
import { EmulatorError } from './errors.ts';

/** What tools/moto/requirements.txt names. */
export const MOTO_VERSION = '5.2.5';

export interface InstallOptions {
  progress(line: string): void;
  signal?: AbortSignal | undefined;
}

const VENV_MS = 120_000;
const INSTALL_MS = 15 * 60_000;
const CHECK_MS = 60_000;
/** An installation from the cache takes less; nobody needs a line about it. */
const SILENT_MS = 2_000;

const pythonIn = (folder: string): string => join(folder, 'bin', 'python3');

/**
 * The Python that has moto. Installs it where it is not in the cache yet (half a minute, 140 MB); one process does, others wait.
 * It appears under its name only when it is complete.
 * @throws EmulatorError in one line, when python3 is missing, cannot make an environment, or moto cannot be installed.
 */
export async function motoPython(options: InstallOptions): Promise<string> {
  const folder = join(cacheFolder(), `moto-${MOTO_VERSION}`);
  if (await runs(folder, options)) return pythonIn(folder);
  await mkdir(dirname(folder), { recursive: true });
  const onWait = (waitedMs: number) =>
    options.progress(`another process installs the AWS emulator: waiting for it (${Math.round(waitedMs / 1000)} s)`);
  return withLock({ path: `${folder}.lock`, signal: options.signal, onWait }, async () => {
    if (!(await runs(folder, options))) await install(folder, options);
    return pythonIn(folder);
  });
}

/** False too when the system's Python was replaced since by one that does not see the packages. */
async function runs(folder: string, { signal }: InstallOptions): Promise<boolean> {
  if (!existsSync(pythonIn(folder))) return false;
  try {
    await runCommand([pythonIn(folder), '-c', 'import moto.server'], { timeoutMs: CHECK_MS, signal });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

async function install(folder: string, options: InstallOptions): Promise<void> {
  const making = await mkdtemp(`${folder}.making-`);
  const line = setTimeout(
    () =>
      options.progress(`installing the AWS emulator moto ${MOTO_VERSION} with python3, half a minute to a minute, once on this machine…`),
    SILENT_MS,
  );
  try {
    await makeEnvironment(making, options);
    await installMoto(making, options);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } finally {
    clearTimeout(line);
    await rm(making, { recursive: true, force: true });
  }
}

async function makeEnvironment(folder: string, { signal }: InstallOptions): Promise<void> {
  try {
    await runCommand(['python3', '-m', 'venv', folder], { timeoutMs: VENV_MS, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new EmulatorError(
      `the AWS emulator needs python3 (3.10 or newer) with its venv module: ${firstReason(error)}; install it (Debian: apt install python3-venv)`,
    );
  }
}

async function installMoto(folder: string, { signal }: InstallOptions): Promise<void> {
  const requirements = join(toolFolder('moto'), 'requirements.txt');
  try {
    await runCommand([pythonIn(folder), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements], {
      timeoutMs: INSTALL_MS,
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new EmulatorError(
      `the AWS emulator moto ${MOTO_VERSION} could not be installed by pip: ${firstReason(error)}; python3 has to be 3.10 or newer, and pip has to reach a package index`,
    );
  }
}

/** What a command said, in one line: its own words about the error, where it has some. */
function firstReason(error: unknown): string {
  const lines = messageOf(error).split('\n');
  const said = lines.find((line) => /^error:|not created successfully|No module named/i.test(line.trim()));
  return said ? `${lines[0]}: ${said.trim()}` : lines[0]!;
}
