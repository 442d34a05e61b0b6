import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../paths.ts';
import { StoryError } from './errors.ts';

/** What runs because of one `cutover dev`. */
export interface LocalSetup {
  /** host:port of the Temporal server. */
  address: string;
  /** http://host:port of its UI. */
  ui: string;
  /** http://host:port that users connect to; null where the router is another system. */
  front: string | null;
  /** Resolves, with how, when it ends without having been asked to. */
  died: Promise<string>;
  /** Nothing of it runs when it resolves, the colors included. Asked again, it hurries. */
  stop(): Promise<void>;
}

export interface SetupOptions {
  file: string;
  address: string;
  uiPort: number;
  /** Gets each line that it says: what it is doing, and what goes wrong. */
  onLine(line: string): void;
  signal: AbortSignal;
}

/** What it prints when all is up; an error where it cannot be. */
type Printed = { temporal: { address: string; ui: string }; router: { address: string } | null } | { error: { message: string } };

const LAST_LINES = 15;

/** Starts `cutover dev`, as a user would, and waits until it is ready. Throws StoryError with its last lines where it ends instead. */
export async function startLocalSetup(options: SetupOptions): Promise<LocalSetup> {
  const { signal } = options;
  signal.throwIfAborted();
  const { printed, exited, lines, stop } = spawnDev(options);
  signal.addEventListener('abort', stop, { once: true });
  const first = await Promise.race([printed, exited]);
  signal.removeEventListener('abort', stop);
  if (typeof first === 'object' && 'temporal' in first) {
    return { address: first.temporal.address, ui: first.temporal.ui, front: first.router?.address ?? null, died: exited, stop };
  }
  const how = await exited;
  signal.throwIfAborted();
  const why = typeof first === 'object' ? first.error.message : lines.slice(-LAST_LINES).join('\n');
  throw new StoryError(`\`cutover dev\` could not start (${how}): ${why}`);
}

function spawnDev(options: SetupOptions) {
  const { file, address, uiPort, onLine } = options;
  const args = ['dev', '-o', 'json', '--no-color', '-f', file, '--address', address, '--ui-port', String(uiPort)];
  // In a process group of its own: Ctrl-C in the terminal reaches this process alone, which then stops all in order.
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'cutover.js'), ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
  });
  const lines: string[] = [];
  let asked = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (!asked) onLine(line);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, killed) => resolve(killed ?? `exit code ${code}`));
  });
  const stop = async (): Promise<void> => {
    const wasKilled = !asked && child.signalCode !== null;
    asked = true;
    child.kill('SIGTERM');
    await exited;
    if (wasKilled) await stopOrphans(options);
  };
  return { printed: document(child.stdout), exited, lines, stop };
}

/** What a `cutover dev` leaves that was killed: another one takes it over, and ends it. */
async function stopOrphans(options: SetupOptions): Promise<void> {
  const setup = await startLocalSetup({ ...options, onLine: () => {}, signal: new AbortController().signal });
  await setup.stop();
}

function document(out: NodeJS.ReadableStream): Promise<Printed> {
  let text = '';
  return new Promise((resolve) => {
    out.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.endsWith('}\n')) resolve(JSON.parse(text));
    });
  });
}
