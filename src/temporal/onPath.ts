import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.ts';

/** The first executable of this name on PATH, null when there is none. */
export async function findOnPath(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}

/** Update-with-start, which a deployment is submitted by, is on by default from this server version. */
const SERVER_NEEDED = [1, 28] as const;

/**
 * The version of a temporal CLI that can start the dev server that cutover needs, as `1.5.1`.
 * @throws Error that says what it lacks.
 */
export async function usableVersion(path: string): Promise<string> {
  const printed = await runCommand([path, '--version'], { timeoutMs: 20_000 });
  const found = /version (\S+) \(Server (\d+)\.(\d+)/.exec(printed);
  if (!found) throw new Error(`it does not answer --version as the temporal CLI does: ${printed.slice(0, 200)}`);
  const [, version, major, minor] = found;
  if (Number(major) < SERVER_NEEDED[0] || (Number(major) === SERVER_NEEDED[0] && Number(minor) < SERVER_NEEDED[1])) {
    throw new Error(`its server ${major}.${minor} is older than ${SERVER_NEEDED.join('.')}`);
  }
  return version!;
}

/** @throws Error when this CLI has no dev server. */
export async function checkStartDev(path: string): Promise<void> {
  const help = await runCommand([path, 'server', 'start-dev', '--help'], { timeoutMs: 20_000 });
  if (!help.includes('start-dev')) throw new Error('it has no "server start-dev"');
}
