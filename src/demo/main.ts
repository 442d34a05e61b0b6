import { parseArgs } from 'node:util';
import { perform } from './performance.ts';
import { openScreen } from './screen.ts';

const USAGE = `npm run demo [-- --keep-open]

Three releases of a sample service under steady traffic, on this machine only, in about a minute.
  --keep-open   leaves all of it running at the end, until Ctrl-C`;
const USAGE_EXIT = 2;

function main(): Promise<number> | number {
  try {
    const { values } = parseArgs({ options: { 'keep-open': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return perform(openScreen(process.stdout), { keepOpen: values['keep-open'] });
    process.stdout.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return USAGE_EXIT;
  }
}

process.exitCode = await main();
// Idle connections of the users must not hold the shell up.
process.stdout.write('', () => process.exit());
