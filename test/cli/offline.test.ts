import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { cutover, folderWith, SERVICE_FILE } from './command.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function folder(serviceFile: string | null = SERVICE_FILE): Promise<string> {
  const made = await folderWith(serviceFile);
  cleanups.push(made.remove);
  return made.folder;
}

/** A port that nobody listens on, or one where somebody says nothing. */
async function port(kind: 'closed' | 'silent'): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
  if (kind === 'closed') await close();
  else cleanups.push(close);
  return port;
}

const noServer = (address: string): string =>
  `no Temporal server answers at ${address}: start one with \`cutover dev\`, or say where it is with --address or TEMPORAL_ADDRESS`;

describe('without a Temporal server', () => {
  test.each(['closed', 'silent'] as const)('(its port is %s) there is one clear error within ten seconds', async (kind) => {
    const address = `127.0.0.1:${await port(kind)}`;
    const ended = await cutover(['rollback', 'shop', '--address', address], { timeoutMs: 10_000 });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: `cutover: ${noServer(address)}\n` });
  });

  test('a deployment is not begun, and programs are told why', async () => {
    const address = `127.0.0.1:${await port('closed')}`;
    const ended = await cutover(['deploy', 'v1', '-o', 'json', '--quiet'], { cwd: await folder(), env: { TEMPORAL_ADDRESS: address } });
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toEqual({ error: { type: 'NoServer', message: noServer(address) } });
  });

  test('a profile that is not there is an error of the configuration', async () => {
    const ended = await cutover(['status'], { env: { TEMPORAL_PROFILE: 'nobody' } });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("Temporal's environment configuration");
  });

  test('an empty temporal.toml configures nothing, and is no error', async () => {
    const file = join(await folder(), 'temporal.toml');
    await writeFile(file, '');
    const address = `127.0.0.1:${await port('closed')}`;
    const ended = await cutover(['status'], { env: { TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: address } });
    expect(ended.stderr).toBe(`cutover: ${noServer(address)}\n`);
  });
});

describe('validate', () => {
  test('says that a file is valid, and warns on standard error', async () => {
    const ended = await cutover(['validate', '-o', 'json'], { cwd: await folder() });
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ valid: true, service: 'shop' });
    expect(ended.stderr).toContain('warning: ');
  });

  test('every fault of a file is a line of its own, and a member of the document', async () => {
    const cwd = await folder(`${SERVICE_FILE}concurency: queue\nretention: { duration: soon }\n`);
    const ended = await cutover(['validate'], { cwd });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^cutover.yaml:4: .*\ncutover.yaml:5: retention.duration.*\n$/);
    const { error } = JSON.parse((await cutover(['validate', '-o', 'json'], { cwd })).stdout);
    expect(error.type).toBe('ConfigError');
    expect(error.faults).toHaveLength(2);
  });

  test('the file may be named before and after the command', async () => {
    const cwd = await folder(null);
    await writeFile(join(cwd, 'other.yaml'), SERVICE_FILE);
    expect((await cutover(['-f', 'other.yaml', 'validate'], { cwd })).code).toBe(0);
    expect((await cutover(['validate', '-f', 'other.yaml'], { cwd })).code).toBe(0);
    expect((await cutover(['validate'], { cwd })).code).toBe(2);
  });
});

describe('init', () => {
  test('writes a file that validate accepts, and never overwrites one', async () => {
    const cwd = await folder(null);
    const answers = ['--service', 'till', '--command', 'python3 "my app.py"', '--listen', '127.0.0.1:8099', '--health', '/up'];
    expect((await cutover(['init', ...answers], { cwd })).code).toBe(0);
    expect((await cutover(['validate'], { cwd })).code).toBe(0);
    const text = await readFile(join(cwd, 'cutover.yaml'), 'utf8');
    for (const answer of ['till', 'python3', 'my app.py', '127.0.0.1:8099', '/up']) expect(text).toContain(answer);
    expect((await cutover(['init'], { cwd })).code).toBe(2);
    expect(await readFile(join(cwd, 'cutover.yaml'), 'utf8')).toBe(text);
  });

  test('answers that make no sense write nothing', async () => {
    const cwd = await folder(null);
    const ended = await cutover(['init', '--service', 'My Shop'], { cwd });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('service');
    expect((await cutover(['validate'], { cwd })).stderr).toContain('no such file');
  });
});

describe('schema', () => {
  test('is one JSON document, and a reader that has seen enough is no failure', async () => {
    expect(JSON.parse((await cutover(['schema'])).stdout)).toHaveProperty('properties.service');
    const command = new URL('../../dist/cutover.js', import.meta.url).pathname;
    const piped = `"${process.execPath}" "${command}" schema | head -c 1; echo " \${PIPESTATUS[0]}"`;
    expect((await promisify(execFile)('bash', ['-c', piped])).stdout).toBe('{ 0\n');
  });
});

describe('logs', () => {
  test('of a local color are the newest lines of its file', async () => {
    const cwd = await folder();
    await mkdir(join(cwd, '.cutover/shop/logs'), { recursive: true });
    await writeFile(join(cwd, '.cutover/shop/logs/blue.log'), 'one\ntwo\nthree\n');
    await writeFile(join(cwd, '.cutover/shop/logs/green.log'), 'four\n');
    expect((await cutover(['logs', 'shop', 'blue', '--lines', '2'], { cwd })).stdout).toBe('two\nthree\n');
    expect((await cutover(['logs', 'green'], { cwd })).stdout).toBe('four\n');
    expect((await cutover(['logs', '--lines', '1'], { cwd })).stdout).toBe('blue  three\ngreen four\n');
  });

  test('that are not there are said to be missing', async () => {
    const ended = await cutover(['logs', 'shop'], { cwd: await folder() });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('no output of shop is kept');
  });
});
