import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, type ArtifactOptions, cachedArtifact } from '../../src/temporal/artifact.ts';
import { runCommand } from '../../src/temporal/command.ts';
import { downloadWithSdk } from '../../src/temporal/download.ts';
import { messageOf, TemporalServerError } from '../../src/temporal/errors.ts';
import { cacheFolder, toolFolder } from '../../src/temporal/folders.ts';

/** The time-skipping test server; tools/test-server/pom.xml requires the same. */
export const TEST_SERVER = 'v1.38.0';

/**
 * The executable of Temporal's time-skipping test server, for `executable: { type: 'existing-path', path }`:
 * from the cache, a download by the SDK, or put together with Maven.
 * @throws TemporalServerError that says why neither works and what to install.
 */
export async function findTestServer(options: ArtifactOptions): Promise<string> {
  const failures: string[] = [];
  const artifact = testServerArtifact(failures, options);
  try {
    await cachedArtifact(artifact, options);
    return executableIn(artifact.folder);
  } catch (error) {
    throw new TemporalServerError(
      [
        'the tests need a time-skipping Temporal server, and it cannot be had on this machine:',
        ...[...failures, `Maven and Java: ${messageOf(error)}`].map((line) => `  - ${line.replaceAll('\n', '\n    ')}`),
        'Install Java 11 or newer and Maven (`java` and `mvn` on PATH), or let this machine reach temporal.download.',
      ].join('\n'),
    );
  }
}

const executableIn = (folder: string): string => join(folder, 'temporal-test-server');
const jarsIn = (folder: string): string => join(folder, 'lib');

function testServerArtifact(failures: string[], { progress, signal }: ArtifactOptions): Artifact {
  return {
    name: `the time-skipping test server ${TEST_SERVER}`,
    folder: join(cacheFolder(), 'temporal-test-server', TEST_SERVER),
    // Its own start is checked by the first environment; what can break meanwhile is the Java under it.
    check: async (folder) => {
      if (existsSync(jarsIn(folder))) await runCommand(['java', '-version'], { timeoutMs: 30_000 });
    },
    make: async (folder) => {
      try {
        await downloadWithSdk({ server: 'test', version: TEST_SERVER, target: executableIn(folder), progress, signal });
        return 'download';
      } catch (error) {
        failures.push(`download by the Temporal SDK: ${messageOf(error)}`);
      }
      progress(`getting the time-skipping test server ${TEST_SERVER} with Maven: once on this machine, about ten seconds`);
      await copyJars(folder, signal);
      await writeFile(executableIn(folder), WRAPPER);
      await chmod(executableIn(folder), 0o755);
      return 'build';
    },
  };
}

async function copyJars(folder: string, signal: AbortSignal | undefined): Promise<void> {
  await runCommand(['mvn', '-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jarsIn(folder)}`], {
    cwd: toolFolder('test-server'),
    timeoutMs: 10 * 60_000,
    signal,
  });
}

// `exec`: the SDK stops the server by killing the process that it started. It gives the port as the only argument.
const WRAPPER = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
