import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is built: what users run. */
export const CLI = fileURLToPath(new URL('../../../dist/cutover.js', import.meta.url));

export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
}

export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #news: () => void = () => {};

  /** In a process group of its own, as a terminal would start it. */
  constructor(args: readonly string[], { cwd, env }: CommandOptions) {
    this.child = spawn(process.execPath, [CLI, ...args], {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#news();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#news();
    });
    this.ended = new Promise((resolve) => {
      // Not 'close': what it left running may hold the pipes.
      this.child.once('exit', (code, signal) =>
        setImmediate(() => {
          resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
          this.#news();
        }),
      );
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when it has written something that matches. Rejects when it ends before. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout) && !pattern.test(this.stderr)) {
      if (!this.running) throw new Error(`it ended before it said ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#news = resolve;
      });
    }
  }

  /** As the terminal does it: to every process of its group. */
  ctrlC(): Promise<Ended> {
    process.kill(-this.pid, 'SIGINT');
    return this.ended;
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs a command to its end. */
export const cutover = (args: readonly string[], options: CommandOptions): Promise<Ended> => new Command(args, options).ended;

/** Nothing that the person who runs the tests has set may change what is tested. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|CUTOVER_(?!CACHE_DIR$))/.test(name)));
