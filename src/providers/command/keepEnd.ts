import type { Readable } from 'node:stream';

const LIMIT = 256 * 1024;

/** Keeps the end of what a stream says, so that a script that never stops printing costs no memory. */
export function keepEnd(stream: Readable | null): { text(): string } {
  let kept = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-LIMIT);
  });
  return { text: () => kept.toString('utf8') };
}
