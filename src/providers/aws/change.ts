/** A request that changes something which the next request may change back. */
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import type { Call } from '../types.ts';
import { type Asked, ask } from './ask.ts';

/** A request whose answer was lost may be carried out so much later. */
const LATE_MS = 3_000;

/**
 * As `ask`. Where an attempt had no answer, it returns (or fails) only when that attempt can no longer overtake what is written
 * next: the SDK's own second attempt may be long done by then, and users moved.
 */
export async function askToChange<Answer extends { $metadata: { attempts?: number | undefined } }>(
  call: Call,
  asked: Asked,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await ask(call, asked, send);
    if ((answer.$metadata.attempts ?? 1) > 1) await pause(LATE_MS);
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.type === 'Unavailable') await pause(LATE_MS);
    throw error;
  }
}
