import { providersOf } from '../../activities/providers.ts';
import { loadServiceFile } from '../../config/load.ts';
import type { Color } from '../../core/plan.ts';
import { buildPlan } from '../../plan/build.ts';

const LIMIT_MS = 60_000;

/** Brings a version up as it may run before anybody has heard of cutover: by the environment alone, without a deployment. */
export async function startExisting(file: string, color: Color, version: string): Promise<void> {
  const { config, folder } = await loadServiceFile(file);
  const environment = await providersOf(buildPlan(config, { version, folder })).environment();
  const call = { signal: AbortSignal.timeout(LIMIT_MS), heartbeat: () => {} };
  await environment.ensure(call, color, { version, capacity: 1, deploymentId: 'before-cutover' });
}
