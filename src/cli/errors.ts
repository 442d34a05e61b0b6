import { EXIT, type ExitCode } from './exit.ts';

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What a person or a program is told about an error, and the exit status it means. */
export interface Report {
  exitCode: ExitCode;
  /** The value of `error` in the JSON document. */
  document: { type: string; message: string; faults?: unknown };
  /** A fault of our own: nobody foresaw it. */
  bug: boolean;
}

/** By the names of errors: importing their classes would load what throws them. Others are unexpected. */
const EXIT_BY_TYPE: Record<string, ExitCode> = {
  UsageError: EXIT.usage,
  ConfigError: EXIT.usage,
  InvalidConfiguration: EXIT.usage,
  Invalid: EXIT.usage,
  Refused: EXIT.refused,
  NotDeployed: EXIT.refused,
  Interrupted: EXIT.interrupted,
};

/** What the language throws: nobody foresaw it. */
const UNFORESEEN = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

export function report(error: unknown): Report {
  if (!(error instanceof Error)) return { exitCode: EXIT.unexpected, document: { type: 'Bug', message: String(error) }, bug: true };
  const { name, message } = error;
  // A port in use, a file that may not be written.
  if ('syscall' in error) return { exitCode: EXIT.unexpected, document: { type: 'SystemError', message }, bug: false };
  const bug = UNFORESEEN.has(name);
  const faults = 'faults' in error ? { faults: error.faults } : {};
  return { exitCode: EXIT_BY_TYPE[name] ?? EXIT.unexpected, document: { type: bug ? 'Bug' : name, message, ...faults }, bug };
}
