import { stripVTControlCharacters } from 'node:util';

/** A block of lines that is drawn over itself, at the end of a terminal. */
export interface LiveBlock {
  draw(lines: string[]): void;
  /** Leaves what was drawn last where it is. */
  end(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

export function liveBlock(terminal: NodeJS.WriteStream): LiveBlock {
  let height = 0;
  // Whatever ends the process, the cursor comes back.
  const restore = (): void => void terminal.write(SHOW_CURSOR);
  process.once('exit', restore);
  return {
    draw: (lines) => {
      const shown = clipped(lines, terminal.columns || 80, terminal.rows || 24);
      const up = height > 0 ? `\u001b[${height}A\r` : HIDE_CURSOR;
      terminal.write(`${up}\u001b[J${shown.join('\n')}\n`);
      height = shown.length;
    },
    end: () => {
      process.off('exit', restore);
      restore();
      height = 0;
    },
  };
}

/** A line that wraps, or a block higher than the screen, could not be drawn over. */
function clipped(lines: string[], columns: number, rows: number): string[] {
  return lines.slice(0, rows - 1).map((line) => {
    const plain = stripVTControlCharacters(line);
    return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
  });
}
