import { Failure } from '../../../../core/failure.ts';
import type { Finding } from '../../../types.ts';

/** A read that will not do is a finding, and null; one that may pass is tried again by whoever asked. */
export async function attempt<T>(reading: Promise<T>, findings: Finding[]): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Failure) || error.type === 'Unavailable') throw error;
    findings.push(findingOf(error));
    return null;
  }
}

/** A failure says what is wrong, a semicolon, and what to do. */
export function findingOf({ message }: Failure): Finding {
  const end = message.lastIndexOf('; ');
  return end < 0
    ? { severity: 'error', message, cure: 'correct it, then try again' }
    : { severity: 'error', message: message.slice(0, end), cure: message.slice(end + 2) };
}
