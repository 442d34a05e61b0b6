/** Inspecting goes on where one thing cannot be read: that is a finding of its own. */
import { Failure } from '../core/failure.ts';
import type { Finding } from './types.ts';

/** What was read; or null, with a finding added that says why not. Throws Unavailable: that may pass, and says nothing of the set-up. */
export async function attempt<T>(findings: Finding[], reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Failure) || error.type === 'Unavailable') throw error;
    findings.push(findingOf(error));
    return null;
  }
}

/** A failure says what is wrong, a semicolon, and what to do: the cure is said once. */
export function findingOf({ message }: Failure): Finding {
  const end = message.lastIndexOf('; ');
  return end < 0
    ? { severity: 'error', message, cure: 'correct it, then try again' }
    : { severity: 'error', message: message.slice(0, end), cure: message.slice(end + 2) };
}
