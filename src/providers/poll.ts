/** Waiting for a system to get somewhere: asks soon at first, then less often, for as long as somebody waits for the answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { Call } from './types.ts';

/** Rests between two looks: the `turn`th time, `left` ms before the deadline. Throws when the signal aborts. */
export type Rest = (turn: number, left: number, signal: AbortSignal) => Promise<void>;

/** Pauses of so many ms each; the last one goes on. */
export const pausing =
  (pauses: readonly number[]): Rest =>
  (turn, left, signal) =>
    sleep(Math.min(pauses[Math.min(turn, pauses.length - 1)]!, left), undefined, { signal });

/** AWS counts requests per account: waiting must not use them up. */
const SELDOM = pausing([1_000, 2_000, 3_000, 5_000]);

/**
 * The first answer of `look` that is not null, or null at `deadline` (epoch ms). A look that fails as Unavailable is no answer:
 * throws it only where nothing better was seen until the deadline.
 */
export async function poll<T>(call: Call, deadline: number, look: () => Promise<T | null>, rest = SELDOM): Promise<T | null> {
  for (let turn = 0; ; turn += 1) {
    let trouble: unknown;
    try {
      const answer = await look();
      if (answer !== null) return answer;
    } catch (error) {
      if (!(error instanceof Failure && error.type === 'Unavailable')) throw error;
      trouble = error;
    }
    const left = deadline - Date.now();
    if (left <= 0) {
      if (trouble !== undefined) throw trouble;
      return null;
    }
    call.heartbeat();
    await rest(turn, left, call.signal);
  }
}
