import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract.ts';
import { runCommand } from '../../src/temporal/command.ts';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/temporal/devServer.ts';
import { freePort } from '../../src/temporal/ports.ts';
import { reachable } from '../../src/temporal/reachable.ts';

let folder: string;
let port: number;
let running: DevServer[];
let blocker: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-dev-server-'));
  port = await freePort('127.0.0.1');
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  blocker?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(changes: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({ binary: inject('temporalBinary'), address: `127.0.0.1:${port}`, ...changes });
  running.push(server);
  return server;
}

async function withClient<T>(use: (client: Client, connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    return await use(new Client({ connection }), connection);
  } finally {
    await connection.close();
  }
}

async function occupy(taken: number): Promise<void> {
  const server = createServer();
  blocker = server;
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
}

test('a workflow can be started with the search attributes as soon as the server is there', async () => {
  await start();
  await withClient(async (client, connection) => {
    await client.workflow.start('anything', { workflowId: 'first', taskQueue: 'none' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining([...SEARCH_ATTRIBUTES]));
  });
});

test('a server that was killed and is started again with its database has all workflows', async () => {
  const dbFile = join(folder, 'new', 'folder', 'temporal.db');
  const first = await start({ dbFile });
  await withClient((client) => client.workflow.start('anything', { workflowId: 'survivor', taskQueue: 'none' }));
  process.kill(first.pid, 'SIGKILL');
  expect((await first.exited).how).toBe('SIGKILL');
  await start({ dbFile });
  await withClient(async (client) => {
    expect((await client.workflow.getHandle('survivor').describe()).status.name).toBe('RUNNING');
  });
});

test('stop ends it, and its address is free again', async () => {
  const server = await start();
  await server.stop();
  expect(await reachable(server.address, { deadlineMs: 5_000 })).toBe('nothing');
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  await server.stop();
});

test('a namespace of its own is usable at once', async () => {
  await start({ namespace: 'staging' });
  await withClient(async (_client, connection) => {
    const client = new Client({ connection, namespace: 'staging' });
    await client.workflow.start('anything', { workflowId: 'first', taskQueue: 'none' });
  });
});

test('a taken port is named before anything is started', async () => {
  await occupy(port);
  await expect(start()).rejects.toThrow(`the Temporal server cannot listen at 127.0.0.1:${port}`);
});

test('a taken port of the UI is named when it was asked for', async () => {
  const uiPort = await freePort('127.0.0.1');
  await occupy(uiPort);
  await expect(start({ uiPort })).rejects.toThrow(`the Temporal UI cannot listen at 127.0.0.1:${uiPort}`);
});

test('the UI goes to another port when its usual one is taken, and tells which', async () => {
  while (port + 1000 > 65_535) port = await freePort('127.0.0.1');
  await occupy(port + 1000);
  const { uiAddress } = await start();
  expect(uiAddress).not.toContain(`:${port + 1000}`);
  expect((await fetch(uiAddress)).status).toBe(200);
});

test('a server that ends at once says its last lines', async () => {
  await expect(start({ dbFile: folder })).rejects.toThrow(/ended at once \(exit code 1\):\n.*unable to open database file/);
});

test('a program that cannot be started is named', async () => {
  await expect(start({ binary: join(folder, 'nothing') })).rejects.toThrow(`${join(folder, 'nothing')} ENOENT`);
});

test('what it prints is in the log file that was asked for', async () => {
  const logFile = join(folder, 'logs', 'temporal.log');
  const server = await start({ logFile });
  await server.stop();
  expect(await readFile(logFile, 'utf8')).toContain('Server');
});

test('a detached server outlives the process that started it', async () => {
  const pid = await startInProcess({ detached: true });
  try {
    expect(await reachable(`127.0.0.1:${port}`, { deadlineMs: 5_000 })).toBe('temporal');
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('a server that is not detached ends with the process that started it', async () => {
  const pid = await startInProcess({ detached: false });
  while (isAlive(pid)) await sleep(50);
  expect(await reachable(`127.0.0.1:${port}`, { deadlineMs: 5_000 })).toBe('nothing');
});

/** Starts a server from a process that ends when it is there. Answers with the server's pid. */
async function startInProcess(changes: Partial<DevServerOptions>): Promise<number> {
  const script = join(folder, 'script.cjs');
  const entryPoints = [fileURLToPath(new URL('./devServerProcess.ts', import.meta.url))];
  await build({ entryPoints, outfile: script, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  const options = { binary: inject('temporalBinary'), address: `127.0.0.1:${port}`, logFile: join(folder, 'server.log'), ...changes };
  return Number(await runCommand([process.execPath, script, JSON.stringify(options)], { timeoutMs: 50_000 }));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('an address of another machine is refused', async () => {
  await expect(start({ address: 'temporal.example.org:7233' })).rejects.toThrow('temporal.example.org is not an address of this machine');
});
