import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const RECORD = 'record.json';

interface FileRecord {
  /** Bytes. */
  size: number;
  sha256: string;
}

/** Writes down the size and the hash of every file in the folder, beside them. */
export async function writeRecord(folder: string): Promise<void> {
  const files: Record<string, FileRecord> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name));
    if (found.isFile()) files[name] = { size: found.size, sha256: await sha256(join(folder, name)) };
  }
  await writeFile(join(folder, RECORD), JSON.stringify({ files }, null, 2));
}

/** What differs from the record; null when nothing does. */
export async function differenceFromRecord(folder: string): Promise<string | null> {
  const files = await readRecord(folder);
  if (!files) return 'its record is missing or damaged';
  for (const [name, expected] of Object.entries(files)) {
    const path = join(folder, name);
    const size = await stat(path).then(
      (found) => found.size,
      () => null,
    );
    if (size === null) return `${name} is missing`;
    if (size !== expected.size) return `${name} has ${size} bytes instead of ${expected.size}`;
    if ((await sha256(path)) !== expected.sha256) return `${name} was changed`;
  }
  return null;
}

async function readRecord(folder: string): Promise<Record<string, FileRecord> | null> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, RECORD), 'utf8'));
    return typeof files === 'object' ? files : null;
  } catch {
    return null;
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
