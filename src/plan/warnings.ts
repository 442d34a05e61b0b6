import type { Plan } from '../core/plan.ts';
import type { Situation } from './description.ts';

/** What is allowed, but should not surprise anybody. */
export function warningsOf(plan: Plan, { observed, from, firstDeployment }: Situation): string[] {
  const warnings: string[] = [];
  if (observed === null) warnings.push('nobody looked at the router: which color is live decides where this goes');
  if (firstDeployment) warnings.push('the first deployment has no way back: a broken bound or an unconfirmed switch asks a person');
  if (from?.version === plan.version) warnings.push(`${plan.version} is live already: identity proves nothing then`);
  if (from !== null && observed !== null && observed[from.color].ready === 0) {
    const { detail } = observed[from.color];
    warnings.push(`${from.color} is live, but nothing of it is ready${detail ? ` (${detail})` : ''}`);
  }
  if (!plan.identity) warnings.push('without identity nothing proves that the answers come from the version deployed');
  const isQuick = !firstDeployment && plan.retention.durationMs === 0 && plan.retention.then === 'remove';
  if (isQuick) warnings.push('the old color is removed at once: a rollback later has to deploy it again');
  return warnings;
}
