import { defineEnvironment } from '../types.ts';
import { localOptions } from './local/options.ts';

/** What an `ensure` needs besides: the request that is under way, the time after SIGKILL, reading the log. */
const MARGIN_MS = 15_000;

export const localEnvironment = defineEnvironment({
  type: 'local',
  description: 'Two processes on this machine, one per color, which outlive the worker.',
  options: localOptions,
  // What ran before on the color is stopped first, and what does not become ready is stopped, too.
  deployTimeoutMs: ({ readiness, stopTimeout }) => readiness.timeout + 2 * stopTimeout + MARGIN_MS,
  endpoints: ({ ports }) => ({ blue: `http://127.0.0.1:${ports.blue}`, green: `http://127.0.0.1:${ports.green}` }),
  create: async (given, context) => {
    const { createLocalEnvironment } = await import('./local/environment.ts');
    return createLocalEnvironment(given, context);
  },
});
