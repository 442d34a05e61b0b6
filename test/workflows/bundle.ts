import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

export const WORKFLOWS = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));

/** Bundles the workflows that `path` exports, quietly. */
export const bundleOf = (path: string): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: path,
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error },
  });

let current: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows as they are now, bundled once a test file. */
export const workflowBundle = (): Promise<WorkflowBundleWithSourceMap> => {
  current ??= bundleOf(WORKFLOWS);
  return current;
};
