import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { prepareTemporal } from '../../src/temporal/prepare.ts';
import { type AwsAvailability, prepareAws } from '../aws/support/prepareAws.ts';
import { findTestServer } from './testServer.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The temporal CLI. */
    temporalBinary: string;
    /** The executable of the time-skipping test server. */
    temporalTestServer: string;
    /** The AWS emulator, or why there is none. */
    aws: AwsAvailability;
    /** A folder for what test files share; gone when the run is over. */
    scratch: string;
  }
}

/** Has both Temporal servers and the AWS emulator ready once, so that test files only start them. Fails the whole run where a Temporal server cannot be had. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  project.provide('temporalTestServer', await findTestServer({ progress }));
  project.provide('temporalBinary', (await prepareTemporal(progress)).path);
  project.provide('aws', await prepareAws(progress));
  const scratch = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  project.provide('scratch', scratch);
  return () => rm(scratch, { recursive: true, force: true });
}
