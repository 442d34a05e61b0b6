import { parseArgs } from 'node:util';
import { type Play, perform } from './performance.ts';
import { openScreen } from './screen.ts';

const USAGE_EXIT = 2;

/** Runs a demo as a command, and ends this process with its exit code. */
export async function runDemo(usage: string, play: Play): Promise<void> {
  process.exitCode = await exitCodeOf(usage, play);
  // Idle connections of the users must not hold the shell up.
  process.stdout.write('', () => process.exit());
}

function exitCodeOf(usage: string, play: Play): Promise<number> | number {
  try {
    const { values } = parseArgs({ options: { 'keep-open': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return perform(openScreen(process.stdout), { keepOpen: values['keep-open'] }, play);
    process.stdout.write(`${usage}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}\n`);
    return USAGE_EXIT;
  }
}
