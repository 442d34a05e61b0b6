import { asgOptions } from '../aws/asg/options.ts';
import { defineEnvironment } from '../types.ts';

/** What an `ensure` needs besides: the requests before and after the wait, and asking why it did not come up. */
const MARGIN_MS = 60_000;

export const asgEnvironment = defineEnvironment({
  type: 'asg',
  description: 'Two Amazon EC2 Auto Scaling groups that exist already, one per color: a deployment gives the idle one a new AMI.',
  options: asgOptions,
  deployTimeoutMs: ({ timeout }) => timeout + MARGIN_MS,
  create: async (given, context) => {
    const { createAsgEnvironment } = await import('../aws/asg/environment.ts');
    return createAsgEnvironment(given, context);
  },
});
