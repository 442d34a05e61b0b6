/** A fresh worker loads what its first deployment, or its first rollback, would wait for: the SDKs of the providers. */
import { providersOf } from './activities/providers.ts';
import { loadServiceFile } from './config/load.ts';
import type { Plan } from './core/plan.ts';
import { buildPlan } from './plan/build.ts';
import { environments, routers } from './providers/registry.ts';

/**
 * The providers of the service file that lies there, if one does, and those that are at home here. Asks nobody anything. Never throws.
 * Answers with the plan of that file, of no version, or null.
 */
export async function preload(file: string): Promise<Plan | null> {
  await Promise.allSettled([...routers, ...environments].map((definition) => definition.loadAtHome?.()));
  try {
    const { config, folder } = await loadServiceFile(file);
    const plan = buildPlan(config, { version: 'none', folder });
    const providers = providersOf(plan);
    await Promise.allSettled([
      providers.router(),
      providers.environment(),
      ...plan.monitor.checks.map(({ source }) => providers.metricSource(source)),
    ]);
    return plan;
  } catch {
    // There is none, or it will say what is wrong with it when it is deployed with.
    return null;
  }
}
