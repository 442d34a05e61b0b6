import type { Call } from '../providers/types.ts';

/** For a write that has begun: whoever cancels waits for it. One that is torn off may still be carried out, and then nobody undoes it. */
export const uninterrupted = <Wanted extends Call>(call: Wanted): Wanted => ({ ...call, signal: new AbortController().signal });
