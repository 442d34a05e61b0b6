import type { TestProject } from 'vitest/node';
import { kubernetesBinaries } from './binaries.ts';
import { ControlPlane, type ControlPlaneAddress } from './controlPlane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The control plane that the test files of a run share, each test in a namespace of its own. */
    kubernetes: ControlPlaneAddress;
  }
}

/** Starts a control plane for the whole run, building its programs first where needed. Fails the run where it cannot be had. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binaries = await kubernetesBinaries({ progress: (line) => process.stderr.write(`${line}\n`) });
  const plane = await ControlPlane.start(binaries);
  project.provide('kubernetes', plane.address);
  return () => plane.stop();
}
