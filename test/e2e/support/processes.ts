import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { lives } from '../../providers/support.ts';

export interface FoundProcess {
  pid: number;
  /** Its command line. */
  command: string;
}

/** All living processes whose environment has this entry: whoever started them, and whoever is their parent now. */
export async function processesWith(name: string, value: string): Promise<FoundProcess[]> {
  const entry = `${name}=${value}`;
  const found = process.platform === 'linux' ? await fromProc(entry) : await fromPs(entry);
  return found.filter(({ pid }) => pid !== process.pid && lives(pid));
}

async function fromProc(entry: string): Promise<FoundProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [environment, command] = await Promise.all([read('environ'), read('cmdline')]);
      return environment.split('\0').includes(entry) ? { pid: Number(pid), command: command.replaceAll('\0', ' ').trim() } : null;
    }),
  );
  return found.filter((one) => one !== null);
}

/** `ps -E` appends the environment to the command line. */
async function fromPs(entry: string): Promise<FoundProcess[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axEww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
  const lines = stdout.split('\n').filter((line) => line.split(' ').includes(entry));
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^\d+ /, '') }));
}
