/** A write that the API server takes only if nobody else wrote since what it is based on was read. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from '../types.ts';
import { Conflict } from './ask.ts';

/** Other controllers may write to the same object all the time; a read and a write take some milliseconds. */
const TRIES = 12;
const PAUSE_MS = 20;

export interface Attempt<Read, Written> {
  /** What is known already, if anything; else it is read. */
  known: Read | null;
  read(call: Call): Promise<Read>;
  /** Decides by what was read: sends the write with its resourceVersion, or throws, or returns what needs no write. */
  write(read: Read): Promise<Written>;
}

/** After a conflict it is read again and decided again. Throws Conflict (it is tried again) where it met one each time. */
export async function compareAndSet<Read, Written>(call: Call, { known, read, write }: Attempt<Read, Written>): Promise<Written> {
  let seen = known ?? (await read(call));
  for (let turn = 1; ; turn++) {
    try {
      return await write(seen);
    } catch (error) {
      if (!(error instanceof Conflict) || turn === TRIES) throw error;
    }
    // Not in step with whoever else does the same.
    await pause(Math.random() * PAUSE_MS * turn, undefined, { signal: call.signal });
    seen = await read(call);
  }
}
