import { expand } from '../../core/template.ts';
import type { Call } from '../types.ts';
import { requireSuccess } from './failure.ts';
import { runScript, type Script } from './run.ts';

/** Names and their values: as placeholders (`{color}`) in a script's argv, in capitals (COLOR) in its environment. */
export type Vars = Record<string, string>;

export function script(argv: string[], vars: Vars, where: { folder: string; timeoutMs: number }): Script {
  const env = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name.toUpperCase(), value]));
  return { ...where, argv: expand(argv, vars), env };
}

/** What a script prints on standard output. Throws Unavailable, with its last lines, when it fails: then nothing is known. */
export async function ask(call: Call, task: string, asked: Script): Promise<string> {
  const finished = await runScript(call, asked);
  call.signal.throwIfAborted();
  requireSuccess('Unavailable', task, asked, finished);
  return finished.stdout.trim();
}
