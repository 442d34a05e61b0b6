import { stripVTControlCharacters } from 'node:util';

const LONGEST_LINE = 500;

/** The last lines with something in them, without control characters: they end in errors, on terminals, in histories. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.split('\n').map((line) =>
    stripVTControlCharacters(line)
      .replace(/\p{Cc}+/gu, ' ')
      .trimEnd(),
  );
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .map((line) => line.slice(0, LONGEST_LINE));
}

export const indented = (lines: string[]): string => lines.map((line) => `  ${line}`).join('\n');
