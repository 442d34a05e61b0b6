/** Inspecting goes on where one thing cannot be read: that is a finding of its own. */
import { Failure } from '../../core/failure.ts';
import type { Finding } from '../types.ts';

/** What was read; or null, with a finding added that says why not. Throws Unavailable: that may pass, and says nothing of the set-up. */
export async function attempt<T>(findings: Finding[], reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Failure) || error.type === 'Unavailable') throw error;
    // Its message says what to do at its end: the cure is said once.
    const [, message, cure] = /^(.*); (.*)$/s.exec(error.message) ?? [null, error.message, 'correct it, then try again'];
    findings.push({ severity: 'error', message: message!, cure: cure! });
    return null;
  }
}
