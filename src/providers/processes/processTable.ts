import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = process.platform === 'linux';

/**
 * What tells a process from another one that gets the same id later: when it started, and on Linux (where that is counted
 * since the boot) which boot it was. `stat` is the line of /proc/PID/stat where there is a boot id, else the start time
 * that `ps` prints.
 */
export function startToken(boot: string, stat: string): string {
  return boot === '' ? stat.trim().replace(/\s+/g, ' ') : `${boot.trim()}/${parseStat(stat).start}`;
}

/** The token of the process that has this id now; null when there is none, or only a zombie that nobody has waited for. */
export async function tokenOf(pid: number): Promise<string | null> {
  return hasProc ? linuxToken(pid) : portableToken(pid);
}

/** Whether a group that was started as a session of its own still has a living member. */
export async function groupLives(pid: number): Promise<boolean> {
  try {
    process.kill(-pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // The system counts zombies as members; in a container without an init process they stay for ever.
  return hasProc ? (await linuxProcesses()).some((one) => one.group === pid && one.session === pid && one.lives) : true;
}

async function linuxToken(pid: number): Promise<string | null> {
  const [boot, stat] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readStat(pid)]);
  return stat !== null && parseStat(stat).lives ? startToken(boot, stat) : null;
}

async function portableToken(pid: number): Promise<string | null> {
  try {
    const { stdout } = await run('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } });
    const [state = 'Z', ...start] = stdout.trim().split(/\s+/);
    return state.startsWith('Z') ? null : startToken('', start.join(' '));
  } catch {
    return null;
  }
}

interface LinuxProcess {
  group: number;
  session: number;
  start: string;
  lives: boolean;
}

/** proc(5): the second field is the program's name in parentheses and may hold anything, parentheses included. */
function parseStat(stat: string): LinuxProcess {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Of a program with threads the first may have ended, which makes a zombie of it, while others still hold its sockets.
  const threads = Number(fields[17]);
  return {
    lives: !['Z', 'X', 'x'].includes(fields[0] ?? 'Z') || threads > 1,
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
  };
}

async function linuxProcesses(): Promise<LinuxProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readStat(Number(pid))));
  return stats.filter((stat) => stat !== null).map(parseStat);
}

async function readStat(pid: number): Promise<string | null> {
  return readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
}
