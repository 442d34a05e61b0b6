/** Has moto installed once for a run of the tests, or says why it cannot be. */

import { motoPython } from '../../../src/emulator/venv.ts';
import { messageOf } from '../../../src/temporal/errors.ts';

export interface AwsAvailability {
  /** The Python that has moto; null where there is none. */
  python: string | null;
  /** Why not, in one line. */
  reason: string | null;
}

export async function prepareAws(progress: (line: string) => void): Promise<AwsAvailability> {
  try {
    return { python: await motoPython({ progress }), reason: null };
  } catch (error) {
    const reason = messageOf(error).split('\n')[0]!;
    progress(process.env.CI ? `the AWS tests fail: ${reason}` : `the AWS tests are not run on this machine: ${reason}`);
    return { python: null, reason };
  }
}
