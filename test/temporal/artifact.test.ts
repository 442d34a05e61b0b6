import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Artifact, cachedArtifact } from '../../src/temporal/artifact.ts';

let root: string;
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cutover-artifact-'));
  folder = join(root, 'program', 'v1');
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

const program = (): string => join(folder, 'program');

function artifact(changes: Partial<Artifact> = {}): Artifact {
  return {
    name: 'the program',
    folder,
    check: async () => undefined,
    make: async (into) => {
      await writeFile(join(into, 'program'), 'whole');
      return 'build';
    },
    ...changes,
  };
}

async function get(changes: Partial<Artifact> = {}): Promise<{ from: string; lines: string[] }> {
  const lines: string[] = [];
  const from = await cachedArtifact(artifact(changes), { progress: (line) => lines.push(line) });
  return { from, lines };
}

test('what was made once is taken from the cache the next time', async () => {
  expect((await get()).from).toBe('build');
  expect((await get()).from).toBe('cache');
  expect(await readFile(program(), 'utf8')).toBe('whole');
});

test.each([
  ['truncated', () => truncate(program(), 2), 'has 2 bytes instead of 5'],
  ['changed without changing its size', () => writeFile(program(), 'WHOLE'), 'program was changed'],
  ['deleted', () => rm(program()), 'program is missing'],
  ['without its record', () => rm(join(folder, 'record.json')), 'record is missing'],
  ['with a damaged record', () => writeFile(join(folder, 'record.json'), '{"fi'), 'record is missing or damaged'],
])('a cached program that is %s is made again, and a line says so', async (_how, damage, reason) => {
  await get();
  await damage();
  const again = await get();
  expect(again.from).toBe('build');
  expect(again.lines.join()).toContain(reason);
  expect(await readFile(program(), 'utf8')).toBe('whole');
});

test('a cached program that does not run any more is made again', async () => {
  await get();
  let runs = false;
  const check = async () => {
    if (!runs) throw new Error('it needs another Java');
  };
  const again = await get({
    check,
    make: async (into) => {
      runs = true;
      return artifact().make(into);
    },
  });
  expect(again.from).toBe('build');
  expect(again.lines.join()).toContain('it needs another Java');
});

test('a program that was made and does not run is not kept', async () => {
  const check = async () => Promise.reject(new Error('wrong architecture'));
  await expect(get({ check })).rejects.toThrow('wrong architecture');
  expect(existsSync(folder)).toBe(false);
  expect(await readdir(join(root, 'program'))).toEqual([]);
});

test('processes that want it at the same time make it once, and who waits says so', async () => {
  const script = await processScript();
  const outputs = await Promise.all([1, 2, 3].map(() => start(script, 1_500).output));
  expect((await makings()).length).toBe(1);
  expect(outputs.map((output) => output.trim().split('\n').at(-1)).sort()).toEqual(['from build', 'from cache', 'from cache']);
  expect(outputs.filter((output) => output.includes('waiting for it')).length).toBe(2);
});

test('a making that is killed leaves nothing that is taken for the program, and the next one who waits makes it', async () => {
  const script = await processScript();
  const first = start(script, 60_000);
  while ((await makings()).length === 0) await sleep(50);
  const second = start(script, 0);
  first.child.kill('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  expect((await second.output).trim().split('\n').at(-1)).toBe('from build');
  expect(await readFile(program(), 'utf8')).toBe('whole');
});

async function processScript(): Promise<string> {
  const outfile = join(root, 'process.cjs');
  const entry = fileURLToPath(new URL('./artifactProcess.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  return outfile;
}

function start(script: string, makeMs: number): { child: ChildProcess; output: Promise<string> } {
  const child = spawn(process.execPath, [script, folder, String(makeMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const output = new Promise<string>((resolve) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    child.once('close', () => resolve(text));
  });
  return { child, output };
}

const makings = async (): Promise<string[]> =>
  existsSync(`${folder}.makings`) ? (await readFile(`${folder}.makings`, 'utf8')).trim().split('\n') : [];
