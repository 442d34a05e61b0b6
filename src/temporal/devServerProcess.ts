import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface ServerExit {
  /** As a person reads it: `exit code 1`, `SIGKILL`, `temporal was not found`. */
  how: string;
  /** The end of what it printed. */
  lastLines: string;
}

export interface ServerProcess {
  pid(): number;
  stop(): Promise<void>;
  exited: Promise<ServerExit>;
}

interface ServerCommand {
  binary: string;
  args: string[];
  logFile: string;
  detached: boolean;
}

/** It closes its database and its pollers within a second or two; after that it is killed, which SQLite survives. */
const STOP_GRACE_MS = 8_000;
const LAST_LINES = 15;
const LAST_BYTES = 8_192;

export function startServerProcess({ binary, args, logFile, detached }: ServerCommand): ServerProcess {
  // A file, not a pipe: a server that outlives this process must not die of writing.
  const log = openSync(logFile, 'a');
  const child = spawn(binary, args, { env: cleanEnvironment(), stdio: ['ignore', log, log], detached });
  closeSync(log);
  const endWithUs = () => child.kill('SIGTERM');
  if (detached) child.unref();
  else process.once('exit', endWithUs);

  const exited = new Promise<ServerExit>((resolve) => {
    const end = (how: string) => {
      process.removeListener('exit', endWithUs);
      resolve({ how, lastLines: lastLines(logFile) });
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });

  const stop = async () => {
    child.ref();
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await exited;
    clearTimeout(kill);
  };
  return { pid: () => child.pid!, stop, exited };
}

/** What is set for clients (an address, a namespace, a profile) must not change the server that is started. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));

function lastLines(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LAST_BYTES);
    const start = Math.max(0, fstatSync(file).size - LAST_BYTES);
    const read = readSync(file, bytes, 0, LAST_BYTES, start);
    return bytes.toString('utf8', 0, read).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  } finally {
    closeSync(file);
  }
}
