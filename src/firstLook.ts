/**
 * A fresh worker looks at its own service once, as `cutover plan` does, and says what it sees: whoever starts it learns at once that
 * something is wrong, and its first deployment does not wait for what only ever happens the first time (the workflow's code, connections).
 */
import type { Cutover } from './client.ts';
import type { Plan } from './core/plan.ts';

/** One line for where users are, one for each error that a deployment would end with. Throws ClientError. */
export async function firstLook(client: Pick<Cutover, 'observe'>, plan: Plan): Promise<string[]> {
  const { routing, findings = [] } = await client.observe(plan, { inspect: true });
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [routing.summary, ...errors.map(({ message, cure }) => `${message}: ${cure}`)].map((line) => `${plan.service}: ${line}`);
}
