/** Changes to the environment. The color that users are on is never touched, whoever asks. */
import { Failure } from '../core/failure.ts';
import type { Color, Plan } from '../core/plan.ts';
import type { Call } from '../providers/types.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

async function refuseLive(call: Call, plan: Plan, color: Color, what: string): Promise<void> {
  const router = await providersOf(plan).router();
  const found = await router.read(call);
  if (found.to === color) throw new Failure('ColorIsLive', `users are on ${color} (${found.summary}): it is not ${what}`, { found });
}

export async function deploy(call: Call, input: Parameters<Activities['deploy']>[0]): ReturnType<Activities['deploy']> {
  const { plan, color, capacity, deploymentId } = input;
  await refuseLive(call, plan, color, 'deployed to');
  const environment = await providersOf(plan).environment();
  const state = await environment.ensure(call, color, { version: plan.version, capacity, deploymentId });
  return { detail: state.detail, ready: state.ready };
}

export async function scale(call: Call, input: Parameters<Activities['scale']>[0]): ReturnType<Activities['scale']> {
  const { plan, color, capacity, grow } = input;
  if (grow === 'down') await refuseLive(call, plan, color, 'made smaller');
  const environment = await providersOf(plan).environment();
  // Whoever gave it more than that (an autoscaler, a person) did so because it is needed: users may be on it.
  const least = grow === 'up' ? (await environment.describe(call, color)).capacity : 0;
  await environment.scale(call, color, Math.max(capacity, least));
}

export async function remove(call: Call, { plan, color }: Parameters<Activities['remove']>[0]): ReturnType<Activities['remove']> {
  await refuseLive(call, plan, color, 'removed');
  const environment = await providersOf(plan).environment();
  await environment.remove(call, color);
}
