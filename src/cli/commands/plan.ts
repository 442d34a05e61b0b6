import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';
import { planFor } from '../serviceFile.ts';

export const run: Run = async (context, [version]) => {
  const { describePlan, planLines } = await import('../../plan/describe.ts');
  const plan = await planFor(context, version!);
  const client = await context.connect();
  const observed = await client.observe(plan, { inspect: true });
  const description = describePlan(plan, observed);
  context.out.result({ ...description, observed, plan }, planLines(description).join('\n'));
  return description.obstacles.length > 0 ? EXIT.refused : EXIT.done;
};
