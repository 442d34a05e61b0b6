/** How the command starts: from the compiled code that the build kept, and without it. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let copy: string;
beforeAll(async () => {
  // What a build has made, alone: this checkout may hold chunks of earlier ones, too.
  copy = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  await cp(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(copy, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Of the file in dist/ that `cutover` is: the script that it starts. */
async function keptScript(): Promise<{ script: string; cache: string }> {
  const [name] = /command-[A-Z0-9]+/.exec(await readFile(join(copy, 'dist', 'cutover.js'), 'utf8'))!;
  return { script: join(copy, 'dist', 'chunks', `${name}.cjs`), cache: join(copy, 'dist', 'chunks', `${name}.cache`) };
}

/** Of the command's own files. */
async function loaded(...args: string[]): Promise<{ stdout: string; imported: boolean }> {
  const { stdout, stderr } = await run(process.execPath, [join(copy, 'dist', 'cutover.js'), ...args], {
    cwd: copy,
    env: { ...process.env, NODE_DEBUG: 'esm' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { stdout, imported: /chunks\/main-/.test(stderr) };
}

describe('cutover', () => {
  test('has compiled code that the Node that built it takes', async () => {
    const { script, cache } = await keptScript();
    const kept = new Script(await readFile(script, 'latin1'), { filename: script, cachedData: await readFile(cache) });
    expect(kept.cachedDataRejected).toBe(false);
  });

  test('starts from it, whatever stands before the command', async () => {
    const before = await loaded('--no-color', 'schema');
    expect(before.imported).toBe(false);
    expect(JSON.parse(before.stdout)).toHaveProperty('properties.service');
  });

  test('imports what runs for hours', async () => {
    expect((await loaded('worker', '--help')).imported).toBe(true);
  });

  test('imports the same command where another Node made the code, or nobody did', async () => {
    const { script, cache } = await keptScript();
    const { stdout } = await loaded('schema');
    const flagged = await run(process.execPath, ['--max-semi-space-size=16', join(copy, 'dist', 'cutover.js'), 'schema']);
    expect(flagged.stdout).toBe(stdout);
    await rm(cache);
    expect(await loaded('schema')).toEqual({ stdout, imported: true });
    await rm(script);
    expect(await loaded('schema')).toEqual({ stdout, imported: true });
    expect(await readdir(join(copy, 'dist'))).toContain('cutover.js');
  });
});
