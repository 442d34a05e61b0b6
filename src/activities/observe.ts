import type { Color, Plan } from '../core/plan.ts';
import type { ObservedColor } from '../core/state.ts';
import type { Call, Environment } from '../providers/types.ts';
import { ask, below, versionIn } from './http.ts';
import { admit } from './inspect.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

const IDENTITY_MS = 3_000;

export async function observe(call: Call, input: Parameters<Activities['observe']>[0]): ReturnType<Activities['observe']> {
  const { plan } = input;
  const providers = providersOf(plan);
  const [router, environment] = await Promise.all([providers.router(), providers.environment()]);
  const [routing, snapshot, blue, green] = await Promise.all([
    router.read(call),
    router.snapshot?.(call),
    describe(call, plan, environment, 'blue'),
    describe(call, plan, environment, 'green'),
    input.admit ? admit(call, plan, { router, environment }) : undefined,
  ]);
  return { routing, blue, green, ...(snapshot === undefined ? {} : { snapshot }) };
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
