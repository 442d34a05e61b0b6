import { appendFileSync, closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Color } from '../../core/plan.ts';
import { indented, lastLines } from '../processes/outputLines.ts';

const MARK = '[cutover] ';
const TAIL_BYTES = 64 * 1024;

/** Where the output of a color goes. Owner-only: programs print secrets. */
export const logFile = (stateDir: string, color: Color): string => join(stateDir, 'logs', `${color}.log`);
/** The output of the deployment before on the same color. */
export const formerLogFile = (stateDir: string, color: Color): string => join(stateDir, 'logs', `${color}.1.log`);

/** The log of the deployment before is kept as one file, so that a failed deployment does not hide what ran before it. */
export function rotateLog(stateDir: string, color: Color): void {
  try {
    renameSync(logFile(stateDir, color), formerLogFile(stateDir, color));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Appends a line of our own, then opens the log for a process to write to. The caller closes the descriptor. */
export function openLog(stateDir: string, color: Color, headline: string): number {
  const file = logFile(stateDir, color);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fd = openSync(file, 'a', 0o600);
  try {
    appendFileSync(fd, `${MARK}${headline}\n`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/**
 * The last lines that the process itself wrote since the last line of ours, without control characters. Never our own
 * headline: it holds the command, and what is read here ends in a workflow's history.
 */
export async function lastLogLines(stateDir: string, color: Color, count: number): Promise<string[]> {
  const lines = (await readEnd(logFile(stateDir, color))).split('\n');
  const headline = lines.findLastIndex((line) => line.startsWith(MARK));
  return lastLines(lines.slice(headline + 1).join('\n'), count);
}

/** As the end of an error message. */
export function quoteLog(file: string, lines: string[]): string {
  if (lines.length === 0) return `It wrote nothing to its log (${file}).`;
  return `The last lines of its log (${file}):\n${indented(lines)}`;
}

async function readEnd(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8', 0, bytesRead);
    // A line that was cut by the limit may be half of a headline.
    return length < size ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    await handle.close();
  }
}
