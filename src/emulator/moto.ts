/** The AWS emulator moto as a process of ours, at a free port of 127.0.0.1. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactOptions } from '../temporal/artifact.ts';
import { toolFolder } from '../temporal/folders.ts';
import { EmulatorError } from './errors.ts';
import { motoPython } from './venv.ts';

export interface Moto {
  /** http://127.0.0.1:PORT: what AWS_ENDPOINT_URL is to be. */
  url: string;
  pid: number;
  /** Forgets everything that was made; keeps running. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 60_000;
const LAST_LINES = 12;

/**
 * Starts moto, installing it first where needed. It ends with this process, however that ends: it watches its stdin.
 * @throws EmulatorError with the end of what it printed when it does not start.
 */
export async function startMoto(options: ArtifactOptions): Promise<Moto> {
  return launchMoto(await motoPython(options), options.signal);
}

/** As startMoto, with the Python that `motoPython` answered. */
export async function launchMoto(python: string, signal?: AbortSignal): Promise<Moto> {
  const child = spawn(python, [join(toolFolder('moto'), 'serve.py')], { env: environment(), stdio: 'pipe' });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.stdin.destroy();
    child.kill('SIGKILL');
    await exited;
  };
  try {
    const url = `http://127.0.0.1:${await printedPort(child, signal)}`;
    await untilReady(url, signal);
    return { url, pid: child.pid!, reset: () => reset(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environment(): NodeJS.ProcessEnv {
  // Clients' settings (an endpoint that is a proxy before this very server) are not the server's.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('MOTO_'));
  // Without the 500 AMIs that it would know otherwise a reset takes 5 ms.
  return { ...Object.fromEntries(own), MOTO_EC2_LOAD_DEFAULT_AMIS: 'false', AWS_EC2_METADATA_DISABLED: 'true', PYTHONUNBUFFERED: '1' };
}

function printedPort(child: ChildProcessWithoutNullStreams, signal?: AbortSignal): Promise<number> {
  const last: string[] = [];
  const said = createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
  });
  return new Promise((resolve, reject) => {
    const fail = (how: string) => reject(new EmulatorError([`the AWS emulator moto did not start: ${how}`, ...last].join('\n')));
    createInterface({ input: child.stdout }).once('line', (line) => resolve(Number(line)));
    child.once('error', (error) => fail(error.message));
    said.once('close', () => fail(`exit code ${child.exitCode}`));
    const limit = AbortSignal.timeout(START_MS);
    limit.addEventListener('abort', () => fail(`it printed no port within ${START_MS / 1000} s`), { once: true });
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function untilReady(url: string, signal?: AbortSignal): Promise<void> {
  const end = Date.now() + START_MS;
  for (;;) {
    const ok = await fetch(`${url}/moto-api/`, { signal: signal ?? null }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    signal?.throwIfAborted();
    if (Date.now() > end) throw new EmulatorError(`the AWS emulator moto at ${url} is not ready after ${START_MS / 1000} s`);
    await sleep(50, undefined, { signal });
  }
}

async function reset(url: string): Promise<void> {
  const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  if (!answer.ok) throw new EmulatorError(`the AWS emulator moto at ${url} could not be reset (HTTP ${answer.status})`);
}
