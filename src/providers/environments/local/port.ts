import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';

/** A program that has just ended may listen for a moment more. */
const PATIENCE_MS = 2_000;
const AGAIN_MS = 100;

/** Throws DeployFailed where somebody else listens: the readiness path would be answered by the wrong program. */
export async function requireFreePort(color: Color, port: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (await somebodyListens(port)) {
    if (Date.now() >= deadline) await refuse(color, port);
    await sleep(AGAIN_MS, undefined, { signal });
  }
}

async function refuse(color: Color, port: number): Promise<never> {
  const owner = await portOwner(port);
  throw new Failure('DeployFailed', `port ${port} of ${color} is taken by another process${owner === null ? '' : ` (${owner})`}`);
}

function somebodyListens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (listens: boolean) => () => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
    // Nobody there is refused at once; no answer means a listener that does not keep up.
    socket.setTimeout(1_000, answer(true));
  });
}

/** Its id and the program's name, where /proc tells; never its arguments, which may hold secrets. */
export async function portOwner(port: number): Promise<string | null> {
  const inodes = await listeningInodes(port);
  if (inodes.length === 0) return null;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const links = await descriptorsOf(pid);
    if (!links.some((link) => inodes.includes(link))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return `process ${pid}, ${name.trim()}`;
  }
  return null;
}

/** proc(5): `sl local_address rem_address st … inode`, addresses in hexadecimal; state 0A is LISTEN. */
async function listeningInodes(port: number): Promise<string[]> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return rows.filter((row) => row[3] === '0A' && row[1]?.endsWith(`:${hexPort}`)).map((row) => `socket:[${row[9]}]`);
}

async function descriptorsOf(pid: string): Promise<string[]> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
}
