/** Waiting for a system to get somewhere: asks soon at first, then less often, for as long as somebody waits for the answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { Call } from './types.ts';

/** The pauses between two looks, ms; the last one goes on. AWS counts requests per account: waiting must not use them up. */
const PAUSES: readonly number[] = [1_000, 2_000, 3_000, 5_000];

/**
 * The first answer of `look` that is not null, or null at `deadline` (epoch ms). A look that fails as Unavailable is no answer:
 * throws it only where nothing better was seen until the deadline. A system that bears more is asked in `pauses` of its own.
 */
export async function poll<T>(call: Call, deadline: number, look: () => Promise<T | null>, pauses = PAUSES): Promise<T | null> {
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
    await sleep(Math.min(pauses[Math.min(turn, pauses.length - 1)]!, left), undefined, { signal: call.signal });
  }
}
