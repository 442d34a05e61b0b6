import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where downloaded and built programs are kept: CUTOVER_CACHE_DIR, else `cutover` in the system's cache folder of this user. */
export function cacheFolder(): string {
  const own = process.env.CUTOVER_CACHE_DIR;
  if (own) return resolve(own);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'cutover');
  const xdg = process.env.XDG_CACHE_HOME;
  // The XDG specification says that a relative path is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'cutover');
}

/** A folder of `tools/` in this package. Searched upwards, because the sources and the bundle lie at different depths. */
export function toolFolder(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'tools', name))) {
    if (folder === dirname(folder)) throw new Error(`tools/${name} is missing in this installation of cutover`);
    folder = dirname(folder);
  }
  return join(folder, 'tools', name);
}
