import type { Call } from '../providers/types.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

/** Sends one notification to the notifiers of the plan (the workflow gives each its own call). */
export async function notify(call: Call, { plan, notification }: Parameters<Activities['notify']>[0]): Promise<void> {
  const providers = providersOf(plan);
  for (const ref of plan.notify) {
    const notifier = await providers.notifier(ref);
    await notifier.send(call, notification);
  }
}
