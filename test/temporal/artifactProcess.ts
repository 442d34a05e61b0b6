/** A process of its own that wants an artifact, slow to make. Arguments: FOLDER MAKE_MS. Each making adds a line to FOLDER.makings. */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cachedArtifact } from '../../src/temporal/artifact.ts';

const [folder, makeMs] = process.argv.slice(2) as [string, string];
const artifact = {
  name: 'the program',
  folder,
  check: async () => undefined,
  make: async (into: string) => {
    await writeFile(join(into, 'program'), 'half');
    await appendFile(`${folder}.makings`, `${process.pid}\n`);
    await sleep(Number(makeMs));
    await writeFile(join(into, 'program'), 'whole');
    return 'build' as const;
  },
};
cachedArtifact(artifact, { progress: (line) => console.log(line) }).then((from) => console.log(`from ${from}`));
