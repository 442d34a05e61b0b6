import { type Style, styleFor } from './render/style.ts';

/** Where a command writes: its one result to standard output, everything else to standard error. */
export interface Output {
  readonly format: 'json' | 'text';
  /** The terminal that progress is drawn in; null where plain lines are wanted (a log, a pipe, JSON). */
  readonly terminal: NodeJS.WriteStream | null;
  /** For standard output, and for standard error. */
  readonly style: Style;
  readonly errorStyle: Style;
  /** The result: the JSON document, or the text for a person. Once in a command. */
  result(document: unknown, text: string): void;
  /** Progress and hints; --quiet silences them. */
  note(text: string): void;
  /** What nobody may miss. */
  warn(text: string): void;
}

export interface OutputOptions {
  format: 'json' | 'text';
  quiet: boolean;
  color: boolean;
}

export function createOutput({ format, quiet, color }: OutputOptions): Output {
  const line = (stream: NodeJS.WriteStream, text: string): void => {
    stream.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const errorStyle = styleFor(process.stderr, color);
  return {
    format,
    terminal: format === 'text' && !quiet && process.stderr.isTTY && process.env.TERM !== 'dumb' ? process.stderr : null,
    style: styleFor(process.stdout, color),
    errorStyle,
    result: (document, text) => line(process.stdout, format === 'json' ? JSON.stringify(document, null, 2) : text),
    note: (text) => {
      if (!quiet) line(process.stderr, text);
    },
    warn: (text) => line(process.stderr, `${errorStyle.yellow('warning:')} ${text}`),
  };
}
