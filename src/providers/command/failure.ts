import { formatDuration } from '../../core/duration.ts';
import { Failure, type FailureType } from '../../core/failure.ts';
import { indented, lastLines } from '../processes/outputLines.ts';
import type { Finished, Script } from './run.ts';

const LINES = 20;

/** How it ended, as the end of a sentence. Names the program only: its arguments may hold secrets. */
export function ending(script: Script, { how, code, signal }: Finished): string {
  if (how === 'timed-out') return `${script.argv[0]} was ended after its time limit of ${formatDuration(script.timeoutMs)}`;
  if (how === 'aborted') return `${script.argv[0]} was ended because nobody waits for it any more`;
  return signal === null ? `${script.argv[0]} exited with code ${code}` : `${script.argv[0]} was ended by ${signal}`;
}

/** Throws unless the script exited with code 0; the error quotes what it last wrote, errors first of all. */
export function requireSuccess(type: FailureType, task: string, script: Script, finished: Finished): void {
  if (finished.how === 'exited' && finished.code === 0) return;
  const lines = lastLines(finished.stderr.trim() === '' ? finished.stdout : finished.stderr, LINES);
  const said = lines.length === 0 ? '' : `. Its last lines:\n${indented(lines)}`;
  throw new Failure(type, `${task}: ${ending(script, finished)}${said}`);
}
