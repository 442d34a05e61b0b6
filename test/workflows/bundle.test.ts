/** Workflow code is replayed and kept in memory by the hundred: what gets into its bundle is guarded twice. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { workflowBundle } from './bundle.ts';

const MEGABYTE = 1_000_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The paths of the modules in a bundle, by the marks that webpack leaves. */
async function modules(): Promise<string[]> {
  const { code } = await workflowBundle();
  const source = code.split('//# sourceMappingURL')[0]!;
  return [...source.matchAll(/^\/\*\*\*\/ "([^"\n]+)"$/gm)].map(([, path]) => path!);
}

describe('the workflow bundle', () => {
  test('holds the core and the workflows', async () => {
    const paths = await modules();
    for (const path of ['src/workflows/blueGreenDeployment.ts', 'src/core/next.ts', 'src/contract.ts'])
      expect(paths.some((known) => known.endsWith(path))).toBe(true);
  });

  test('holds no parser, no provider, no activity and nothing of Node', async () => {
    const strangers = (await modules()).filter((path) =>
      /node_modules\/(zod|yaml|commander|prom-client|httpxy)\/|src\/(providers|activities|config|cli|client|temporal)\/|^node:/.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test('stays small', async () => {
    const { code } = await workflowBundle();
    expect(code.split('//# sourceMappingURL')[0]!.length).toBeLessThan(MEGABYTE);
    expect(code.length).toBeLessThan(2.5 * MEGABYTE);
  });
});

/** What the linter says of a file in src/workflows with that content, by the rules of this repository. */
async function lint(content: string): Promise<{ passed: boolean; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-lint-'));
  try {
    const rules = JSON.parse(await readFile(join(ROOT, 'biome.json'), 'utf8'));
    const path = join(folder, 'src', 'workflows', 'stranger.ts');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...rules, $schema: undefined, vcs: { enabled: false } }));
    await writeFile(path, content);
    const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
    const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', 'src'], { cwd: folder, encoding: 'utf8' });
    return { passed: status === 0, output: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the linter', () => {
  test.each(['node:fs', 'zod', '../providers/registry.ts', '../activities/index.ts', '@temporalio/client'])(
    'refuses workflow code that imports %s',
    async (source) => {
      const { passed, output } = await lint(`import * as stranger from '${source}';\n\nexport const found = stranger;\n`);
      expect(passed).toBe(false);
      expect(output).toContain('Workflow code is replayed');
    },
  );

  test('accepts what workflow code needs', async () => {
    const imports = `import { sleep } from '@temporalio/workflow';\nimport { next } from '../core/next.ts';\n`;
    expect(await lint(`${imports}\nexport const all = [sleep, next];\n`)).toMatchObject({ passed: true });
  });
});
