import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Progress } from './artifact.ts';
import { runCommand } from './command.ts';
import { messageOf } from './errors.ts';
import { toolFolder } from './folders.ts';

export interface Download {
  server: 'dev' | 'test';
  /** As the release is called: `v1.5.1`. */
  version: string;
  /** The file to make. Its folder exists. */
  target: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

const FILE_NAMES = { dev: 'temporal', test: 'temporal-test-server' } as const;

/** A connection that gives nothing for so long is given up; a slow one that gives something is not. */
const STALL_MS = 20_000;
const LIMIT_MS = 15 * 60_000;
const POLL_MS = 1_000;
const LINE_EVERY = 5;

/**
 * Lets the Temporal SDK download a server. Without a network it fails within a second.
 * @throws Error that says why in one line.
 */
export async function downloadWithSdk(download: Download): Promise<void> {
  const folder = join(dirname(download.target), 'download');
  await mkdir(folder);
  const stalled = new AbortController();
  const watch = watchGrowth(folder, download, stalled);
  const signal = download.signal ? AbortSignal.any([download.signal, stalled.signal]) : stalled.signal;
  const script = join(toolFolder('temporal'), 'download.cjs');
  try {
    await runCommand([process.execPath, script, download.server, folder, download.version], { timeoutMs: LIMIT_MS, signal });
    await rename(join(folder, `${FILE_NAMES[download.server]}-${download.version}`), download.target);
  } catch (error) {
    throw new Error(stalled.signal.aborted ? `nothing came for ${STALL_MS / 1000} s` : shortReason(messageOf(error)));
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

function watchGrowth(folder: string, { progress, server }: Download, stalled: AbortController): NodeJS.Timeout {
  const start = Date.now();
  let bytes = 0;
  let grewAt = start;
  let polls = 0;
  return setInterval(async () => {
    const now = await bytesIn(folder);
    if (now !== bytes) grewAt = Date.now();
    bytes = now;
    if (Date.now() - grewAt > STALL_MS) stalled.abort();
    polls += 1;
    if (polls % LINE_EVERY === 0) {
      progress(`downloading the Temporal ${server} server: ${Math.round(bytes / 1e6)} MB, ${Math.round((Date.now() - start) / 1000)} s`);
    }
  }, POLL_MS);
}

async function bytesIn(folder: string): Promise<number> {
  try {
    const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } catch {
    // A file was renamed in between: the next poll sees it.
    return 0;
  }
}

/** The SDK's message repeats itself, with the address, once per layer: the innermost one says why. */
function shortReason(message: string): string {
  const line = message.split('\n').findLast((text) => text.includes('ephemeral server')) ?? message;
  return line.split(/error sending request for url \([^)]*\): /).at(-1)!;
}
