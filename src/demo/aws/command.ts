import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../paths.ts';
import { StoryError } from '../errors.ts';

/** Runs a command as a person would, and resolves to what it says. Throws StoryError where it fails. */
export async function runCutover(command: string, args: string[], signal: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'cutover.js'), command, ...args, '--no-color'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  signal.throwIfAborted();
  if (code !== 0) throw new StoryError(`\`cutover ${command}\` ended with exit code ${code}: ${`${out}${err}`.trim()}`);
  return out.trim();
}
