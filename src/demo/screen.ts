import { type Style, styleFor } from '../cli/render/style.ts';

/** Where the story is told: lines with the time since its beginning, and one line for what goes on now. */
export interface Screen {
  style: Style;
  /** A line with its time. */
  say(text: string): void;
  /** A line as it is. */
  print(text: string): void;
  /** Shows what goes on until `work` settles: redrawn in a terminal, a line every few seconds in a log. */
  during<T>(doing: () => string, work: Promise<T>): Promise<T>;
}

const REDRAW_MS = 250;
const SILENCE_MS = 3_500;
/** Where there is nothing new to say. */
const LONG_SILENCE_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

export function openScreen(out: NodeJS.WriteStream): Screen {
  const style = styleFor(out, true);
  const isTerminal = out.isTTY === true && process.env.TERM !== 'dumb';
  const start = Date.now();
  let spokeAt = start;
  let drawn = '';

  const write = (line: string): void => {
    spokeAt = Date.now();
    out.write(`${isTerminal ? CLEAR_LINE : ''}${line}\n`);
  };
  const say = (text: string): void => write(`${style.dim(`${((Date.now() - start) / 1_000).toFixed(1)}s`.padStart(7))}  ${text}`);
  const draw = (text: string): void => {
    if (isTerminal) out.write(`${CLEAR_LINE}${style.dim(text.slice(0, (out.columns || 80) - 1))}`);
    else if (Date.now() - spokeAt >= (text === drawn ? LONG_SILENCE_MS : SILENCE_MS)) {
      drawn = text;
      say(style.dim(text.trimStart()));
    }
  };
  return {
    style,
    say,
    print: write,
    during: async (doing, work) => {
      const timer = setInterval(() => draw(`         … ${doing()}`), REDRAW_MS);
      try {
        return await work;
      } finally {
        clearInterval(timer);
        if (isTerminal) out.write(CLEAR_LINE);
      }
    },
  };
}
