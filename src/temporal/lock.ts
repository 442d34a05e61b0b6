import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

// The holder renews the lock every 2 s for as long as it lives, however long its work takes; after 10 s without that it is dead.
const RENEW_MS = 2_000;
const STALE_MS = 10_000;

export interface LockOptions {
  /** The lock is a folder of this name. Its parent folder exists. */
  path: string;
  signal?: AbortSignal | undefined;
  /** Called while another process has the lock: at once, then every 10 s. */
  onWait(waitedMs: number): void;
}

/** Runs `work` while no other process on this machine runs under the same lock. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const release = await acquire(options);
  try {
    return await work();
  } finally {
    // A lock that was lost meanwhile is not ours to release.
    await release().catch(() => undefined);
  }
}

async function acquire(options: LockOptions): Promise<() => Promise<void>> {
  const start = Date.now();
  let nextLine = start;
  for (;;) {
    try {
      return await lock(options.path, {
        realpath: false,
        lockfilePath: options.path,
        stale: STALE_MS,
        update: RENEW_MS,
        // Lost when this machine slept: whoever took it then works in a folder of its own, so that both may go on.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (Date.now() >= nextLine) {
      options.onWait(Date.now() - start);
      nextLine += 10_000;
    }
    await sleep(300, undefined, { signal: options.signal });
  }
}
