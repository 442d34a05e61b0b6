/** Routers that check the health of their targets: they are told of a color, asked whether it is ready, and left tidy. */
import { formatDuration } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import type { Color } from '../core/plan.ts';
import type { Needs } from '../core/state.ts';
import { pausing } from '../providers/poll.ts';
import type { Call, Readiness, Router } from '../providers/types.ts';
import type { ActivityCall } from './boundary.ts';
import { providersOf } from './providers.ts';
import { startOf } from './startOf.ts';
import type { Activities } from './types.ts';
import { uninterrupted } from './uninterrupted.ts';

/** Quick at first: a color that was prepared before is ready at once. Then slowly: these reads have a budget of their own at AWS. */
const rest = pausing([500, 1_000, 2_000, 3_000, 5_000]);

export async function attach(call: Call, { plan, color }: Parameters<Activities['attach']>[0]): ReturnType<Activities['attach']> {
  const router = await providersOf(plan).router();
  return { detail: (await router.attach?.(uninterrupted(call), color)) ?? 'nothing to do' };
}

export async function awaitReady(
  call: ActivityCall,
  { plan, color, needs }: Parameters<Activities['awaitReady']>[0],
): ReturnType<Activities['awaitReady']> {
  const router = await providersOf(plan).router();
  const { healthTimeoutMs = 0 } = plan.router;
  const since = startOf(call.resumed);
  for (let poll = 0; ; poll++) {
    const readiness = await router.ready?.(call, color);
    if (!readiness) return { detail: 'not checked by this router' };
    const lack = lackOf(color, readiness, needs);
    if (lack === null) return { detail: `${readiness.healthy} of ${color} healthy, ${wantedOf(readiness, needs)} wanted` };
    if (Date.now() - since >= healthTimeoutMs)
      throw new Failure('TargetNotReady', `${lack}, for ${formatDuration(healthTimeoutMs)}`, countsOf(readiness));
    call.heartbeat({ since, waits: lack });
    await rest(poll, Number.POSITIVE_INFINITY, call.signal);
  }
}

/** Throws TargetNotReady where the router itself does not see a color fit for users. */
export async function requireHealthy(call: Call, router: Router, color: Color, needs: Needs): Promise<void> {
  const readiness = await router.ready?.(call, color);
  const lack = readiness ? lackOf(color, readiness, needs) : null;
  if (lack !== null) throw new Failure('TargetNotReady', lack, countsOf(readiness!));
}

const countsOf = ({ wanted, healthy }: Readiness) => ({ wanted, healthy });

const wantedOf = ({ wanted }: Readiness, needs: Needs): number => (needs === 'all' ? wanted : 1);

function lackOf(color: Color, readiness: Readiness, needs: Needs): string | null {
  const { healthy, checked, detail } = readiness;
  const wanted = wantedOf(readiness, needs);
  if (healthy >= wanted || (needs === 'no-objection' && !checked)) return null;
  return `${color} has ${healthy} healthy of ${wanted} wanted${detail ? `: ${detail}` : ''}`;
}

export async function settle(call: Call, { plan, live, snapshot }: Parameters<Activities['settle']>[0]): ReturnType<Activities['settle']> {
  const router = await providersOf(plan).router();
  await router.settle?.(uninterrupted(call), { live, snapshot });
}
