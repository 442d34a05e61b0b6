import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../core/failure.ts';

/** What the address of a Unix socket holds on every system (macOS: 104 bytes with the end mark). */
const MAX_PATH_BYTES = 103;

/** A state directory may lie too deep for a socket: it holds a link to it instead. */
const linkOf = (stateDir: string): string => join(stateDir, 'router.sock');

/** The socket of the router with this state, whether anybody listens there or not; null where there never was one. */
export const findAdminSocket = async (stateDir: string): Promise<string | null> => {
  try {
    return await readlink(linkOf(stateDir));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
};

/** Clients follow the link: they need not have the environment (TMPDIR, XDG_RUNTIME_DIR) of the router. */
export const publishAdminSocket = async (stateDir: string, socketPath: string): Promise<void> => {
  const fresh = `${linkOf(stateDir)}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(socketPath, fresh);
  await rename(fresh, linkOf(stateDir));
};

/** A path for the socket in a directory that only this user can enter. */
export const chooseAdminSocket = async (stateDir: string): Promise<string> => {
  const uid = process.getuid?.() ?? 0;
  const name = `${createHash('sha256')
    .update(await realpath(stateDir))
    .digest('hex')
    .slice(0, 16)}.sock`;
  const troubles: string[] = [];
  for (const base of [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']) {
    if (!base) continue;
    const directory = join(base, `cutover-${uid}`);
    const path = join(directory, name);
    const trouble = Buffer.byteLength(path) > MAX_PATH_BYTES ? `${directory} is too long a path` : await makePrivate(directory, uid);
    if (trouble === null) return path;
    troubles.push(trouble);
  }
  throw new Failure('InvalidConfiguration', `no place for the router's admin socket: ${troubles.join('; ')}`);
};

/** null when it is ours alone, else why it is not. */
const makePrivate = async (directory: string, uid: number): Promise<string | null> => {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return (error as Error).message;
  }
  const stats = await lstat(directory);
  if (!stats.isDirectory() || stats.uid !== uid) return `${directory} belongs to somebody else`;
  if ((stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
  return null;
};
