/** Processes that end with this one, however it ends, and take their folder with them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_MS = 60_000;
const POLL_MS = 25;
const LAST_LINES = 12;

export class Processes {
  #folder: string;
  #watchdog: ChildProcess;
  #running = new Map<string, ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
    const script = fileURLToPath(new URL('watchdog.mjs', import.meta.url));
    // Of a group of its own: an interrupt at the keyboard is not for it.
    this.#watchdog = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
    // It may be gone first; then there is nobody to tell.
    this.#watchdog.stdin!.on('error', () => undefined);
  }

  async start(name: string, program: string, args: string[]): Promise<void> {
    await mkdir(join(this.#folder, 'logs'), { recursive: true });
    const log = openSync(this.#logOf(name), 'a');
    // etcd takes every ETCD_ variable for a setting; none of them needs more than this.
    const env = { PATH: process.env.PATH, HOME: this.#folder, TMPDIR: this.#folder };
    const child = spawn(program, args, { stdio: ['ignore', log, log], env, detached: true });
    closeSync(log);
    await once(child, 'spawn');
    const { pid } = child;
    this.#watchdog.stdin!.write(`add ${pid}\n`);
    child.once('exit', () => this.#watchdog.stdin!.write(`remove ${pid}\n`));
    this.#running.set(name, child);
  }

  /** @throws Error with the end of what it printed, where it ends or is not ready in time. */
  async untilReady(name: string, isReady: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + READY_MS;
    while (!(await isReady())) {
      const { exitCode, signalCode } = this.#running.get(name)!;
      if (exitCode !== null || signalCode !== null) throw this.#failure(name, `ended with ${signalCode ?? `exit code ${exitCode}`}`);
      if (Date.now() > end) throw this.#failure(name, `is not ready after ${READY_MS / 1000} s`);
      await sleep(POLL_MS);
    }
  }

  async kill(name: string): Promise<void> {
    const child = this.#running.get(name)!;
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await exited;
  }

  pids(): Record<string, number> {
    return Object.fromEntries([...this.#running].map(([name, { pid }]) => [name, pid!]));
  }

  async stop(): Promise<void> {
    const exited = once(this.#watchdog, 'exit');
    this.#watchdog.stdin!.end();
    await exited;
  }

  #failure(name: string, how: string): Error {
    const last = readFileSync(this.#logOf(name), 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return new Error([`${name} ${how}`, ...last].join('\n'));
  }

  #logOf = (name: string): string => join(this.#folder, 'logs', `${name}.log`);
}
