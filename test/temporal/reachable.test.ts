import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../src/temporal/ports.ts';
import { reachable } from '../../src/temporal/reachable.ts';
import { devServer } from '../support/temporal.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(started: Server): Promise<string> {
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(started.address() as AddressInfo).port}`;
}

test('a Temporal server is recognised', async () => {
  const { address, stop } = await devServer();
  try {
    expect(await reachable(address, { deadlineMs: 10_000 })).toBe('temporal');
  } finally {
    await stop();
  }
});

test('a port where nothing listens is told from one where something else does', async () => {
  expect(await reachable(`127.0.0.1:${await freePort('127.0.0.1')}`, { deadlineMs: 10_000 })).toBe('nothing');
  const web = await listen(createWebServer((_request, response) => response.end('hello')));
  expect(await reachable(web, { deadlineMs: 10_000 })).toBe('something-else');
});

test('a listener that never answers is something else, within the deadline', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const silent = await listen(createServer((socket) => sockets.add(socket.on('error', () => undefined))));
  expect(await reachable(silent, { deadlineMs: 500 })).toBe('something-else');
  for (const socket of sockets) socket.destroy();
});

test('a host that does not exist is nothing', async () => {
  expect(await reachable('temporal.invalid:7233', { deadlineMs: 10_000 })).toBe('nothing');
});
