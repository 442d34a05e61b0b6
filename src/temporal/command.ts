import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Each line of stdout and stderr, as it comes. */
  onLine?: ((line: string) => void) | undefined;
}

const KEPT_LINES = 200;

/**
 * Runs a program and answers with what it printed (stdout and stderr, the last 200 lines).
 * @throws Error whose message says which program, what happened (not found, exit code, signal, time limit) and its last lines.
 */
export function runCommand(argv: readonly [string, ...string[]], options: CommandOptions): Promise<string> {
  const [program, ...args] = argv;
  const lines: string[] = [];
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => {
      child.kill('SIGKILL');
      // What it started itself may live on for a moment and keep them open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    process.once('exit', stop);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        options.onLine?.(line);
      });
    }
    const end = () => {
      process.removeListener('exit', stop);
      signal.removeEventListener('abort', stop);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      end();
      reject(error.code === 'ENOENT' ? new Error(`${program} was not found`) : error);
    });
    child.once('close', (code, killedBy) => {
      end();
      if (code === 0) resolve(lines.join('\n'));
      else reject(new Error([`${program} ${reason(code, killedBy, limit, options)}`, ...lines.slice(-12)].join('\n')));
    });
  });
}

function reason(code: number | null, killedBy: NodeJS.Signals | null, limit: AbortSignal, options: CommandOptions): string {
  if (options.signal?.aborted) return 'was interrupted';
  if (limit.aborted) return `took longer than ${Math.round(options.timeoutMs / 1000)} s`;
  return killedBy ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
}
