import { proxyActivities, rootCause } from '@temporalio/workflow';
import type { Activities } from '../activities/types.ts';
import type { ColorObserved, Finding, Observed } from '../contract.ts';
import type { Color, Plan } from '../core/plan.ts';

const { observe, inspect } = proxyActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  // Somebody waits at a terminal: a few tries, then the reason.
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
});

/** What the router and both colors say now. Changes nothing; `cutover plan` (with `inspect`) and `cutover status --live` start it. */
export async function observeService(plan: Plan, asked: { inspect?: true } = {}): Promise<Observed> {
  const [observed, findings] = await Promise.all([
    seen(plan).catch((error: unknown) => error as Error),
    asked.inspect ? inspected(plan) : undefined,
  ]);
  if (!(observed instanceof Error)) return { ...observed, ...(findings && { findings }) };
  // What is found to be wrong says why nothing could be read.
  if (!findings?.some(({ severity }) => severity === 'error')) throw observed;
  return {
    at: now(),
    routing: { to: 'other', summary: rootCause(observed) ?? '' },
    blue: unknown('blue'),
    green: unknown('green'),
    findings,
  };
}

const now = (): string => new Date().toISOString();

async function seen(plan: Plan): Promise<Observed> {
  const { routing, blue, green } = await observe({ plan });
  return { at: now(), routing, blue: { color: 'blue', ...blue }, green: { color: 'green', ...green } };
}

const inspected = async (plan: Plan): Promise<Finding[]> => (await inspect({ plan })).findings;

const unknown = (color: Color): ColorObserved => ({ color, version: null, capacity: 0, ready: 0, detail: 'not known' });
