import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { inject } from 'vitest';
import { withLock } from '../../src/temporal/lock.ts';

const WORKFLOWS = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));

/** The workflows as they are now, with their source map: bundled once a run of the tests, by the first file that wants them. */
export async function workflowBundle(): Promise<{ code: string }> {
  const path = join(inject('scratch'), 'workflows.js');
  await withLock({ path: `${path}.lock`, onWait: () => undefined }, async () => {
    if (existsSync(path)) return;
    const { code } = await bundleWorkflowCode({
      workflowsPath: WORKFLOWS,
      logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error },
    });
    await writeFile(`${path}.new`, code);
    await rename(`${path}.new`, path);
  });
  return { code: await readFile(path, 'utf8') };
}
