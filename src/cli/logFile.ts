import { open, readFile, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

export interface Tail {
  lines: string[];
  /** Bytes read; null where there is no file. */
  end: number | null;
}

/** More is not read: a log may be of any size. */
const MOST_BYTES = 8 * 1024 * 1024;
const POLL_MS = 250;

/** The newest lines of a file that may not exist. */
export async function lastLines(path: string, count: number): Promise<Tail> {
  const text = await newest(path);
  if (text === null) return { lines: [], end: null };
  const lines = text.content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return { lines: count === 0 ? [] : lines.slice(-count), end: text.end };
}

async function newest(path: string): Promise<{ content: string; end: number } | null> {
  const size = await sizeOf(path);
  if (size === null) return null;
  if (size <= MOST_BYTES) {
    const content = await readFile(path);
    return { content: content.toString(), end: content.length };
  }
  return { content: (await readFrom(path, size - MOST_BYTES, size)).toString(), end: size };
}

/** Calls for each line that is added after `from` bytes, also when the file is begun anew. Returns what ends it. */
export function followFile(path: string, from: number, onLine: (line: string) => void): () => void {
  let at = from;
  let rest = '';
  // A character may be read in two halves.
  const decoder = new StringDecoder('utf8');
  let busy = false;
  const poll = async (): Promise<void> => {
    const size = (await sizeOf(path)) ?? 0;
    if (size < at) at = 0;
    if (size === at) return;
    const parts = (rest + decoder.write(await readFrom(path, at, size))).split('\n');
    at = size;
    rest = parts.pop()!;
    for (const line of parts) onLine(line);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    poll()
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }, POLL_MS);
  return () => clearInterval(timer);
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readFrom(path: string, start: number, end: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
