/** Waiting until a color has nobody left. */
import { setTimeout as pause } from 'node:timers/promises';
import { BLIND_DRAIN, blindUntil } from '../core/drain.ts';
import { formatDuration } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import type { Color } from '../core/plan.ts';
import type { Call, Router } from '../providers/types.ts';
import type { ActivityCall } from './boundary.ts';
import { providersOf } from './providers.ts';
import { startOf } from './startOf.ts';
import type { Activities } from './types.ts';

const COUNT_POLL_MS = 200;
const BLIND_POLL_MS = 1_000;
const REQUESTS_POLL_MS = 15_000;
/** A color that is still sent requests after its time has users: so much longer is waited for them, at most. */
const STILL_SERVING_MS = 180_000;

/** Where connections cannot be counted, the drain time since the last switch has to do; and requests that still come are waited for. */
export async function drain(
  call: ActivityCall,
  { plan, color, lastSwitchAt }: Parameters<Activities['drain']>[0],
): ReturnType<Activities['drain']> {
  const { drainMs } = plan.switch;
  const router = await providersOf(plan).router();
  const since = startOf(call.resumed);
  const blindly = blindUntil(plan, lastSwitchAt);
  for (;;) {
    const open = await countOpen(call, router, color);
    if (open === 0) return { detail: 'no open connections' };
    const now = Date.now();
    if (open === null && now >= blindly) return served(call, router, color, since, lastSwitchAt ?? since);
    if (open !== null && now >= since + drainMs) return { detail: `${open} still open after ${formatDuration(drainMs)}` };
    call.heartbeat({ since, waits: waiting(open, open === null ? blindly : since + drainMs) });
    await pause(open === null ? Math.min(BLIND_POLL_MS, blindly - now) : COUNT_POLL_MS, undefined, { signal: call.signal });
  }
}

const waiting = (open: number | null, until: number): string =>
  `${open === null ? 'open connections cannot be counted: waits' : `${open} open, waits`} until ${new Date(until).toISOString()}`;

/** The drain time is over, and connections cannot be counted. */
async function served(call: ActivityCall, router: Router, color: Color, since: number, lastSwitchAt: number): Promise<{ detail: string }> {
  if (!router.recentRequests) return { detail: BLIND_DRAIN };
  const deadline = Date.now() + STILL_SERVING_MS;
  for (;;) {
    const requests = await router.recentRequests(call, color, lastSwitchAt).catch((error) => whileAway(call, error));
    if (requests === null || requests === 0)
      return { detail: requests === 0 ? `${BLIND_DRAIN}, and no requests come any more` : BLIND_DRAIN };
    if (Date.now() >= deadline) return { detail: `${BLIND_DRAIN}; ${requests} requests still came in the last minutes` };
    call.heartbeat({
      since,
      waits: `${requests} requests came in the last minutes: waits until ${new Date(deadline).toISOString()} at most`,
    });
    await pause(REQUESTS_POLL_MS, undefined, { signal: call.signal });
  }
}

const countOpen = async (call: Call, router: Router, color: Color): Promise<number | null> =>
  (await router.openConnections?.(call, color).catch((error) => whileAway(call, error))) ?? null;

/** A router that does not answer now may know again in a moment: until then nothing is known. */
function whileAway(call: Call, error: unknown): null {
  if (call.signal.aborted || (error instanceof Failure && error.type !== 'Unavailable')) throw error;
  return null;
}
