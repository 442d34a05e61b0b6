import { afterEach, expect, test } from 'vitest';
import { healthPort } from '../../src/cli/commands/worker.ts';
import { type HealthServer, serveHealth } from '../../src/workerHealth.ts';

let server: HealthServer | undefined;
afterEach(() => server?.close());

async function asked(path: string): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${server!.port}${path}`);
  return [answer.status, (await answer.text()).trim()];
}

test('a worker is ready while it polls, and alive before and after that, too', async () => {
  let state = 'CONNECTING';
  server = await serveHealth(0, () => state);
  expect(await asked('/readyz')).toEqual([503, 'CONNECTING']);
  expect(await asked('/livez')).toEqual([200, 'ok']);
  state = 'RUNNING';
  expect(await asked('/readyz?verbose')).toEqual([200, 'RUNNING']);
  state = 'STOPPING';
  expect(await asked('/readyz')).toEqual([503, 'STOPPING']);
  expect(await asked('/livez')).toEqual([200, 'ok']);
});

test('nothing else is answered at this port', async () => {
  server = await serveHealth(0, () => 'RUNNING');
  expect((await asked('/'))[0]).toBe(404);
});

test('a port that is taken is an error that names it, and the worker does not start without its probes', async () => {
  server = await serveHealth(0, () => 'RUNNING');
  await expect(serveHealth(server.port, () => 'RUNNING')).rejects.toMatchObject({ code: 'EADDRINUSE', port: server.port });
});

test.each(['0', '70000', '80a', ''])('%j is no port', (given) => {
  expect(() => healthPort(given)).toThrow(/1 to 65535/);
});
