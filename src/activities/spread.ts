/** A switch that reaches users late: the system has to take it everywhere, then what was handed out before has to expire. */
import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import { pausing } from '../providers/poll.ts';
import type { Router } from '../providers/types.ts';
import type { ActivityCall } from './boundary.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

const rest = pausing([100, 200, 500, 1_000, 2_000]);
/** Within this time a change is everywhere, where nobody can be asked (Route53: generally within 60 seconds). */
const EVERYWHERE_MS = 60_000;

export async function spread(
  call: ActivityCall,
  { plan, since, pending }: Parameters<Activities['spread']>[0],
): ReturnType<Activities['spread']> {
  const router = await providersOf(plan).router();
  const spreadMs = plan.router.spreadMs ?? 0;
  const everywhereAt = resumedAt(call.resumed) ?? (await everywhere(call, router, since, pending));
  const until = everywhereAt + spreadMs;
  call.heartbeat({ everywhereAt, waits: `until ${new Date(until).toISOString()}: answers handed out before expire` });
  await pause(Math.max(0, until - Date.now()), undefined, { signal: call.signal });
  const took = `everywhere after ${formatDuration(Math.max(0, everywhereAt - since))}`;
  return { detail: spreadMs === 0 ? took : `${took}, then ${formatDuration(spreadMs)} until answers handed out before have expired` };
}

/** When the change was everywhere (epoch ms). */
async function everywhere(call: ActivityCall, router: Router, since: number, pending: string | null): Promise<number> {
  if (pending === null || !router.isEverywhere) return blindly(call, since);
  for (let poll = 0; ; poll++) {
    try {
      if (await router.isEverywhere(call, pending)) return Date.now();
    } catch (error) {
      if (!(error instanceof Failure) || error.type === 'Unavailable') throw error;
      return blindly(call, since);
    }
    call.heartbeat({ waits: 'the change is not everywhere yet' });
    await rest(poll, Number.POSITIVE_INFINITY, call.signal);
  }
}

async function blindly(call: ActivityCall, since: number): Promise<number> {
  call.heartbeat({ waits: 'nobody can be asked whether the change is everywhere' });
  await pause(Math.max(0, since + EVERYWHERE_MS - Date.now()), undefined, { signal: call.signal });
  return Math.max(since, Date.now());
}

const resumedAt = (resumed: ActivityCall['resumed']): number | null =>
  typeof resumed === 'object' && resumed !== null && 'everywhereAt' in resumed && typeof resumed.everywhereAt === 'number'
    ? resumed.everywhereAt
    : null;
