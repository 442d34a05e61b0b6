import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadServiceFile } from '../../src/config/load.ts';
import { COLORS } from '../../src/core/plan.ts';
import type { LocalOptions } from '../../src/providers/environments/local/options.ts';
import { localEnvironment } from '../../src/providers/environments/local.ts';
import { stateDir } from '../../src/state.ts';
import { freePort } from '../../src/temporal/ports.ts';
import { CUTOVER, folderWith } from './command.ts';

/** A program that says its version; the version `broken` ends at once. */
const APP = `if (process.env.VERSION === 'broken') { console.error('no database'); process.exit(3); }
require('node:http').createServer((_, answer) => answer.end(JSON.stringify({ version: process.env.VERSION }))).listen(process.env.PORT, '127.0.0.1');
`;

/** A folder with a program and its service file, on ports of its own. */
export async function shopFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const [listen, blue, green] = await Promise.all([1, 2, 3].map(() => freePort('127.0.0.1')));
  const made = await folderWith(`service: shop
router: { type: local, listen: "127.0.0.1:${listen}" }
environment: { type: local, command: ["${process.execPath}", app.js], ports: { blue: ${blue}, green: ${green} } }
identity: { path: /, json: version }
monitor: { duration: 4s, interval: 1s }
retention: { duration: 10m }
switch: { drain: { timeout: 1s } }
`);
  await writeFile(join(made.folder, 'app.js'), APP);
  return made;
}

export interface Running {
  pid: number;
  /** What it has printed on standard error so far. */
  lines: string[];
  /** Resolves to the first line of standard error that holds `text`. */
  says(text: string): Promise<string>;
  /** Resolves to its exit status when it has ended. */
  ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the built command and leaves it running. */
export function start(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Running {
  const child = spawn(process.execPath, [CUTOVER, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const spoken = new EventEmitter().setMaxListeners(0);
  createInterface({ input: child.stderr! })
    .on('line', (line) => {
      lines.push(line);
      spoken.emit('line');
    })
    .on('close', () => spoken.emit('error', new Error(`it ended before it said that:\n${lines.join('\n')}`)));
  spoken.on('error', () => {});
  return {
    pid: child.pid!,
    lines,
    says: async (text) => {
      for (;;) {
        const found = lines.find((line) => line.includes(text));
        if (found !== undefined) return found;
        await once(spoken, 'line');
      }
    },
    ended: once(child, 'close').then(([code]) => code as number | null),
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

export interface Link {
  address: string;
  /** Breaks what is open, and refuses what comes. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** The network between a command and its Temporal server. */
export async function linkTo(address: string): Promise<Link> {
  const [host, port] = address.split(':') as [string, string];
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => {}).on('close', () => other.destroy() && open.delete(one));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      whole = true;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ends the programs that deployments have left running. */
export async function removeColors(folder: string): Promise<void> {
  const { config, folder: place } = await loadServiceFile(join(folder, 'cutover.yaml'));
  const { type: _type, ...options } = config.environment;
  const context = {
    service: config.service,
    folder: place,
    stateDir: stateDir(config.service, place),
    endpoints: { blue: null, green: null, preview: null },
    router: { type: 'local', options: {} },
  };
  const environment = await localEnvironment.create(options as unknown as LocalOptions, context);
  for (const color of COLORS) await environment.remove({ signal: AbortSignal.timeout(20_000), heartbeat: () => {} }, color);
}
