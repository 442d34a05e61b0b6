import { COLORS, type Color, type Plan } from '../core/plan.ts';
import type { ObservedColor } from '../core/state.ts';
import type { Call, Environment } from '../providers/types.ts';
import { ask, below, versionIn } from './http.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

const IDENTITY_MS = 3_000;

export async function observe(call: Call, { plan }: Parameters<Activities['observe']>[0]): ReturnType<Activities['observe']> {
  const providers = providersOf(plan);
  const [router, environment] = await Promise.all([providers.router(), providers.environment()]);
  const [routing, ...colors] = await Promise.all([router.read(call), ...COLORS.map((color) => describe(call, plan, environment, color))]);
  const [blue, green] = colors as [ObservedColor, ObservedColor];
  return { routing, blue, green };
}

/** What the environment says; where it does not know the version (cutover did not deploy it), what identity says. */
async function describe(call: Call, plan: Plan, environment: Environment, color: Color): Promise<ObservedColor> {
  const state = await environment.describe(call, color);
  const endpoint = plan.endpoints[color];
  if (state.version !== null || plan.identity === null || endpoint === null) return state;
  try {
    const answer = await ask(below(endpoint, plan.identity.path), { timeoutMs: IDENTITY_MS, signal: call.signal });
    return { ...state, version: versionIn(answer, plan.identity) };
  } catch {
    return state;
  }
}

export async function readRouting(call: Call, { plan }: Parameters<Activities['readRouting']>[0]): ReturnType<Activities['readRouting']> {
  const router = await providersOf(plan).router();
  return { routing: await router.read(call) };
}
