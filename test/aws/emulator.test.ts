import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { startMoto } from '../../src/emulator/moto.ts';
import { lives } from '../providers/support.ts';
import { describeAws } from './support/describeAws.ts';

const run = promisify(execFile);

let folder: string;

/** A machine whose cache is empty, and whose PATH has this python3 only. */
async function machineWith(python: string | null): Promise<void> {
  vi.stubEnv('CUTOVER_CACHE_DIR', join(folder, 'cache'));
  vi.stubEnv('PATH', `${join(folder)}:/bin`);
  if (python === null) {
    vi.stubEnv('PATH', folder);
    return;
  }
  await writeFile(join(folder, 'python3'), `#!/bin/sh\n${python}\n`);
  await chmod(join(folder, 'python3'), 0o755);
}

const started = (lines: string[] = []) =>
  startMoto({ progress: (line) => lines.push(line) }).then(
    () => null,
    (error: Error) => error.message,
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-emulator-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test('without python3 one line says so, and what to install', async () => {
  await machineWith(null);
  expect(await started()).toBe(
    'the AWS emulator needs python3 (3.10 or newer) with its venv module: python3 was not found; install it (Debian: apt install python3-venv)',
  );
});

test('a python3 that cannot make an environment is quoted, and nothing is left that looks like one', async () => {
  await machineWith('echo "The virtual environment was not created successfully because ensurepip is not available."; exit 1');
  expect(await started()).toMatch(/^the AWS emulator needs python3 .*ensurepip is not available.*apt install python3-venv\)$/);
  expect(await readdir(join(folder, 'cache'))).toEqual([]);
});

test('a pip that finds no package is quoted in one line', async () => {
  // "Makes" an environment whose own python3 is a pip that fails.
  const pip = 'echo "ERROR: No matching distribution found for moto" >&2; exit 1';
  await machineWith(`mkdir -p "$3/bin"; printf '#!/bin/sh\\n${pip}\\n' >"$3/bin/python3"; chmod +x "$3/bin/python3"`);
  expect(await started()).toMatch(
    /^the AWS emulator moto [\d.]+ could not be installed by pip: .*No matching distribution found.*package index$/,
  );
});

describeAws('moto', () => {
  test('ends with whoever started it, however that ends', async () => {
    const program = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.argv[1], [process.argv[2]], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.once('data', () => { console.log(child.pid); process.kill(process.pid, 'SIGKILL'); });`;
    const serve = new URL('../../tools/moto/serve.py', import.meta.url).pathname;
    const killed = await run(process.execPath, ['-e', program, inject('aws').python!, serve]).catch((error) => error);
    const pid = Number(killed.stdout);
    expect(pid).toBeGreaterThan(0);
    for (let i = 0; i < 100 && lives(pid); i += 1) await sleep(50);
    expect(lives(pid)).toBe(false);
  });
});
