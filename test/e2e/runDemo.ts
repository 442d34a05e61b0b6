import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const demoFile = (name: string): string => fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));

/** The demo as its users run it, with a folder for temporary files that is its own. */
export class DemoRun {
  output = '';
  readonly #child;
  readonly #temporary: string;
  readonly #ended: Promise<number | null>;
  readonly #processes = new Set<number>();

  private constructor(name: string, temporary: string) {
    this.#temporary = temporary;
    this.#child = spawn(process.execPath, [demoFile(name)], {
      env: { ...process.env, TMPDIR: temporary, TEMPORAL_ADDRESS: '127.0.0.1:1', CUTOVER_TASK_QUEUE: 'not-for-the-demo' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
    this.#recordProcesses();
  }

  /** `name`: of its file in dist. */
  static async start(name = 'demo'): Promise<DemoRun> {
    return new DemoRun(name, await mkdtemp(join(tmpdir(), 'demo-test-')));
  }

  /** A number of the summary. */
  figure(name: string): number {
    return Number(new RegExp(`${name} +([\\d,]+)`).exec(this.output)?.[1]?.replaceAll(',', ''));
  }

  /** Resolves to the exit code. */
  end(): Promise<number | null> {
    return this.#ended;
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`the demo ended before it said "${text}":\n${this.output}`);
      await sleep(20);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The folders that it made for its service file, as long as they are there. */
  async folders(): Promise<string[]> {
    return (await readdir(this.#temporary)).filter((name) => name.startsWith('cutover-demo-')).map((name) => join(this.#temporary, name));
  }

  /** Of `cutover dev` and of the router, by what they wrote down. */
  async pidOf(what: 'dev' | 'router'): Promise<number> {
    const [folder] = await this.folders();
    return JSON.parse(await readFile(join(folder!, '.cutover', 'shop', 'dev.json'), 'utf8'))[what].pid;
  }

  /** Of all processes that it ever started, those that still run. */
  async survivors(): Promise<number[]> {
    const running = new Set((await processes()).map(({ pid }) => pid));
    return [...this.#processes].filter((pid) => running.has(pid));
  }

  /** Of the addresses that it told, those that still accept connections. */
  async openAddresses(): Promise<string[]> {
    const ports = [...this.output.matchAll(/127\.0\.0\.1:(\d+)|(?:blue|green): (\d{5})/g)].map(([, address, color]) => address ?? color!);
    const open = await Promise.all([...new Set(ports)].map(async (port) => ((await accepts(Number(port))) ? [port] : [])));
    return open.flat();
  }

  /** Whatever the test found: nothing of it stays. */
  async cleanUp(): Promise<void> {
    this.kill('SIGTERM');
    await this.#ended;
    for (const pid of await this.survivors()) process.kill(pid, 'SIGKILL');
    await rm(this.#temporary, { recursive: true, force: true });
  }

  async #recordProcesses(): Promise<void> {
    const known = new Set([this.#child.pid!]);
    while (this.#child.exitCode === null && this.#child.signalCode === null) {
      for (const { pid, parent } of await processes()) if (known.has(parent)) known.add(pid);
      for (const pid of known) this.#processes.add(pid);
      await sleep(200);
    }
  }
}

/** Without those that have ended and that nobody has asked about yet; parents before their children. */
async function processes(): Promise<{ pid: number; parent: number }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , state]) => pid && !state?.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))
    .sort((a, b) => a.pid - b.pid);
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
