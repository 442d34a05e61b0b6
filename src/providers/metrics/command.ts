import * as z from 'zod';
import { duration } from '../../config/duration.ts';
import { argv } from '../command/argv.ts';
import { defineMetricSource, type Reading } from '../types.ts';

const options = z.strictObject({
  command: argv.describe(
    'Prints the number as its last line, nothing when there is no data. It gets {color}, {version} and {since} (COLOR, VERSION, SINCE: Unix seconds).',
  ),
  timeout: duration.prefault('10s').describe('How long it may take.'),
});

export const commandMetric = defineMetricSource({
  type: 'command',
  description: 'The number that your own script prints.',
  options,
  create: async ({ command, timeout }, { service, folder }) => {
    const [{ ask, script }, { lastLines }, { readNumber }] = await Promise.all([
      import('../command/ask.ts'),
      import('../processes/outputLines.ts'),
      import('./number.ts'),
    ]);
    return {
      async query(call, { color, version, since }): Promise<Reading> {
        const vars = { color, version, service, since: String(Math.floor(since / 1000)) };
        const printed = await ask(call, "metrics source 'command'", script(command, vars, { folder, timeoutMs: timeout }));
        const [last] = lastLines(printed, 1);
        return last === undefined
          ? { value: null, detail: `${command[0]} printed nothing` }
          : readNumber(last, `the last line that ${command[0]} printed`);
      },
    };
  },
});
