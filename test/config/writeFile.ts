import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/config/errors.ts';
import { type LoadedService, loadServiceFile } from '../../src/config/load.ts';

/** Runs with the path of a service file of this content, in a folder of its own that is gone afterwards. */
export async function withServiceFile<T>(content: string | Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-config-'));
  try {
    const path = join(folder, 'cutover.yaml');
    await writeFile(path, content);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const load = (content: string): Promise<LoadedService> => withServiceFile(content, loadServiceFile);

/** The lines of the error that a file is refused with, with `cutover.yaml` for its path; none when it is taken. */
export function faultsOf(content: string | Uint8Array): Promise<string[]> {
  return withServiceFile(content, async (path) => {
    try {
      await loadServiceFile(path);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message.replaceAll(path, 'cutover.yaml').split('\n');
    }
  });
}

/** The three keys that every file needs, in seven lines: what is tested follows on line 8. */
export const ESSENTIAL = `service: shop
router:
  type: local
environment:
  type: local
  command: [node, app.js]
  ports: { blue: 9101, green: 9102 }
`;
