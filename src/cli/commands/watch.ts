import type { Run } from '../context.ts';
import { EXIT, exitOf } from '../exit.ts';
import { follow, Interrupted } from '../follow.ts';

export const run: Run = async (context, [named]) => {
  const service = await context.serviceName(named);
  const client = await context.connect();
  const onInterrupt = `${service} goes on as it is`;
  if (context.out.format === 'json') {
    const status = await follow(context, client, service, { begin: 'now', until: (now) => exitOf(now) !== null, onInterrupt });
    context.out.result(status, '');
    return EXIT.done;
  }
  try {
    await follow(context, client, service, { begin: 'all', until: () => false, onInterrupt });
  } catch (error) {
    // Ctrl-C is how a watch ends: nothing went wrong.
    if (!(error instanceof Interrupted)) throw error;
  }
  return EXIT.done;
};
