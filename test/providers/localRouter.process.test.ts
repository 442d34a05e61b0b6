import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouterAdmin, routerStatus } from '../../src/providers/routers/local/admin.ts';
import { findAdminSocket } from '../../src/providers/routers/local/adminSocket.ts';
import { runRouter } from '../../src/providers/routers/local/process.ts';
import { localRouter } from '../../src/providers/routers/local.ts';
import { call } from '../contract/routerContract.ts';
import { get } from './localRouter/client.ts';
import { temporaryState } from './localRouter/fixture.ts';
import { type RouterProcess, startRouterProcess } from './localRouter/routerProcess.ts';
import { startUpstream, type Upstream } from './localRouter/upstream.ts';

let stateDir: string;
let green: Upstream;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  stateDir = await temporaryState();
  green = await startUpstream('green');
  ends.push(green.close, () => rm(stateDir, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const options = () => ({ service: 'shop', stateDir, listen: '127.0.0.1:0' });

const start = async (listen = '127.0.0.1:0'): Promise<RouterProcess> => {
  const router = await startRouterProcess({ ...options(), listen });
  ends.unshift(() => router.kill('SIGKILL'));
  return router;
};

const provider = () =>
  localRouter.create(localRouter.options.parse({}), {
    service: 'shop',
    folder: stateDir,
    stateDir,
    endpoints: { blue: null, green: green.url, preview: null },
  });

const nothing = { to: 'none' as const, summary: 'no version is live' };

describe('a local router that dies', () => {
  it('killed in the middle of its work, routes as before when it is started again', async () => {
    const first = await start();
    await (await provider()).write(call(), { to: 'green', from: nothing });
    await first.kill('SIGKILL');
    const second = await start(new URL(first.address).host);
    expect(await (await provider()).read(call())).toEqual({ to: 'green', summary: `all users go to green (${green.url})` });
    expect((await get(`${second.address}/`)).body).toBe('green');
  });

  it('is reported as what it is, with the command that starts it', async () => {
    const router = await start();
    expect(await routerStatus(stateDir, 'shop')).toEqual({ running: true, pid: router.pid, address: router.address, routing: nothing });
    await router.kill('SIGKILL');
    expect(await routerStatus(stateDir, 'shop')).toEqual({ running: false });
    await expect((await provider()).read(call())).rejects.toMatchObject({
      type: 'Unavailable',
      message: 'the router of shop is not running: start it with `cutover router` (or `cutover dev`)',
    });
  });

  it('and stands still, does not hold up its callers', async () => {
    const router = await start();
    process.kill(router.pid, 'SIGSTOP');
    await expect((await provider()).read(call())).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('does not answer'),
    });
  });
});

describe('a local router refuses to start', () => {
  it('while another one runs with the same state, and names its process', async () => {
    const router = await start();
    await expect(runRouter(options())).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: `the router of shop is already running (pid ${router.pid})`,
    });
    expect((await routerStatus(stateDir, 'shop')).pid).toBe(router.pid);
  });

  it('on an address that is taken, and names it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(runRouter({ ...options(), listen: taken })).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: `the router cannot listen on ${taken}: the address is already in use`,
    });
    expect(await routerStatus(stateDir, 'shop')).toEqual({ running: false });
    await new Promise((resolve) => other.close(resolve));
  });

  it.each([
    ['half a file', '{"revision": 3, "li'],
    ['a color without an address', '{"revision":3,"live":"blue","upstream":null,"updatedAt":"2026-01-01T00:00:00.000Z"}'],
    ['an unknown color', '{"revision":3,"live":"red","upstream":"http://x","updatedAt":"2026-01-01T00:00:00.000Z"}'],
    ['an empty file', ''],
  ])('with a state that makes no sense (%s), rather than guess', async (_, content) => {
    await writeFile(join(stateDir, 'router.json'), content);
    await expect(runRouter(options())).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining(join(stateDir, 'router.json')),
    });
    expect(await readFile(join(stateDir, 'router.json'), 'utf8')).toBe(content);
  });

  it('with a metrics address that other machines can reach', async () => {
    await expect(runRouter({ ...options(), metricsListen: '0.0.0.0:0' })).rejects.toMatchObject({ type: 'InvalidConfiguration' });
  });
});

describe('the switch of a local router', () => {
  it('is refused where it cannot be saved, and nothing changes', async () => {
    const router = await runRouter(options());
    ends.unshift(router.close);
    // A directory cannot be replaced by a file: it stands for a full disk, which fails at the same place.
    await mkdir(join(stateDir, 'router.json', 'full'), { recursive: true });
    await expect((await provider()).write(call(), { to: 'green', from: nothing })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('the routing was not changed'),
    });
    expect(await (await provider()).read(call())).toEqual(nothing);
    expect((await get(`${router.address}/`)).status).toBe(503);
  });

  it('is won by one of two that expect the same', async () => {
    const router = await runRouter(options());
    ends.unshift(router.close);
    const admin = new RouterAdmin(stateDir, 'shop');
    const changes = (['blue', 'green'] as const).map((to) => admin.change({ to, upstream: green.url, from: nothing }, call().signal));
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('to a color whose address nobody knows is refused', async () => {
    const router = await runRouter(options());
    ends.unshift(router.close);
    await expect((await provider()).write(call(), { to: 'blue', from: nothing })).rejects.toMatchObject({ type: 'InvalidConfiguration' });
  });
});

describe('the admin interface of a local router', () => {
  it('is for its owner alone, however deep its state lies', async () => {
    const deep = join(stateDir, 'd'.repeat(120));
    const router = await runRouter({ ...options(), stateDir: deep });
    ends.unshift(router.close);
    const socket = (await findAdminSocket(deep))!;
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
    expect((await routerStatus(deep, 'shop')).running).toBe(true);
  });

  it('is not behind the address of the users', async () => {
    const router = await runRouter(options());
    ends.unshift(router.close);
    for (const path of ['/routing', '/counters', '/metrics']) expect((await get(`${router.address}${path}`)).status).toBe(503);
  });
});

describe('closing a local router', () => {
  it('lets the request in flight end, ends idle connections, and frees the address', async () => {
    const router = await runRouter(options());
    await (await provider()).write(call(), { to: 'green', from: nothing });
    const stream = get(`${router.address}/stream`);
    const admin = new RouterAdmin(stateDir, 'shop');
    while ((await admin.counters(call().signal)).green.open === 0);
    await router.close();
    expect((await stream).body).toContain('data: end');
    const again = await runRouter({ ...options(), listen: new URL(router.address).host });
    await again.close();
  });
});

describe('the options of a local router', () => {
  it('take addresses, and metrics on this machine only', () => {
    const { options: schema } = localRouter;
    expect(schema.parse({})).toEqual({ listen: '127.0.0.1:8080' });
    expect(schema.safeParse({ listen: '[::1]:80', metricsListen: 'localhost:9090' }).success).toBe(true);
    for (const listen of ['8080', 'localhost', '127.0.0.1:0', '127.0.0.1:70000', 'http://127.0.0.1:80'])
      expect(schema.safeParse({ listen }).success).toBe(false);
    expect(schema.safeParse({ metricsListen: '0.0.0.0:9090' }).success).toBe(false);
  });

  it('say where users connect to', () => {
    const frontUrl = (listen: string) => localRouter.frontUrl?.({ listen });
    expect(frontUrl('0.0.0.0:80')).toBe('http://127.0.0.1:80');
    expect(frontUrl('[::]:8080')).toBe('http://127.0.0.1:8080');
    expect(frontUrl('[::1]:8080')).toBe('http://[::1]:8080');
  });
});
