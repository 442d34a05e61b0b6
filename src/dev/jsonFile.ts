import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';

/** What a record of ours says; null where there is none, or none that can be read: it only saves work, so it may be lost. */
export function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

export const writeJson = (file: string, value: unknown): void =>
  writeFileAtomic.sync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
