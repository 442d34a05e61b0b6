import { report } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** Runs one command line to the end of this process. */
export async function runToExit(argv: readonly string[]): Promise<never> {
  // A reader that has seen enough (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
      throw error;
    });
  }
  process.exitCode = await main(argv);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Open connections and timers of the client must not hold the shell up.
  process.exit();
}

/** Whatever happens becomes an exit status. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    const { parse } = await import('./program.ts');
    const parsed = await parse(argv);
    if (parsed.kind === 'shown') return EXIT.done;
    const { createContext } = await import('./context.ts');
    const context = createContext(parsed.common);
    const { run } = await parsed.command.load();
    return await run(context, parsed.args, parsed.options);
  } catch (error) {
    return fail(error, argv);
  }
}

/** Each line of these says by itself where it is from. */
const NAMES_ITSELF = new Set(['ConfigError', 'Interrupted']);

function fail(error: unknown, argv: readonly string[]): ExitCode {
  const { exitCode, document, bug } = report(error);
  if (wantsJson(argv)) process.stdout.write(`${JSON.stringify({ error: document })}\n`);
  else process.stderr.write(`${NAMES_ITSELF.has(document.type) ? '' : 'cutover: '}${document.message}\n`);
  if (bug) process.stderr.write('this is a bug in cutover; with CUTOVER_DEBUG=1 it says where\n');
  if (process.env.CUTOVER_DEBUG) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  return exitCode;
}

/** Also where the command line could not be read: whoever parses standard output gets a document. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some((arg, at) => /^(-o=?|--output=)json$/.test(arg) || (/^(-o|--output)$/.test(arg) && argv[at + 1] === 'json'));
}

/** Waits until everything is written: a pipe may be slower than this process. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
