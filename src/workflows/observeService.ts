import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/types.ts';
import type { Observed } from '../contract.ts';
import type { Plan } from '../core/plan.ts';

const { observe } = proxyActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  // Somebody waits at a terminal: a few tries, then the reason.
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
});

/** What the router and both colors say now. Changes nothing; `cutover plan` and `cutover status --live` start it. */
export async function observeService(plan: Plan): Promise<Observed> {
  const { routing, blue, green } = await observe({ plan });
  return { at: new Date().toISOString(), routing, blue: { color: 'blue', ...blue }, green: { color: 'green', ...green } };
}
