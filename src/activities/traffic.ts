/** Moving users: read, compare, write, read back; and waiting until the old color has nobody left. */
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { Color, Plan } from '../core/plan.ts';
import type { Call } from '../providers/types.ts';
import type { ActivityCall } from './boundary.ts';
import { providersOf } from './providers.ts';
import type { Activities } from './types.ts';

const DRAIN_POLL_MS = 200;

export async function switchTraffic(
  call: Call,
  input: Parameters<Activities['switchTraffic']>[0],
): ReturnType<Activities['switchTraffic']> {
  const { plan, to, expect, minimum } = input;
  const router = await providersOf(plan).router();
  const [found] = await Promise.all([router.read(call), requireReady(call, plan, to, minimum)]);
  // Done already: by an attempt whose answer was lost, or by somebody who was faster.
  if (found.to === to) return { routing: found, at: Date.now() };
  if (expect !== null && !(expect as string[]).includes(found.to))
    throw new Failure('Drift', `the router says: ${found.summary}`, { found });
  // Not to be interrupted once it has begun: whoever cancels waits for it.
  const uninterrupted: Call = { ...call, signal: new AbortController().signal };
  await router.write(uninterrupted, { to, from: found });
  const at = Date.now();
  const routing = await router.read(uninterrupted);
  if (routing.to !== to) throw new Failure('Drift', `written ${to}, but the router says: ${routing.summary}`, { found: routing });
  return { routing, at };
}

async function requireReady(call: Call, plan: Plan, color: Color, minimum: number): Promise<void> {
  if (minimum === 0) return;
  const environment = await providersOf(plan).environment();
  const { ready, detail } = await environment.describe(call, color);
  if (ready >= minimum) return;
  throw new Failure('TargetNotReady', `${color} has ${ready} of ${minimum} ready copies${detail ? `: ${detail}` : ''}`);
}

/** Where connections cannot be counted, the drain time since the last switch has to do. */
export async function drain(
  call: ActivityCall,
  { plan, color, lastSwitchAt }: Parameters<Activities['drain']>[0],
): ReturnType<Activities['drain']> {
  const router = await providersOf(plan).router();
  const since = startOf(call.resumed);
  const deadline = since + plan.switch.drainMs;
  const blindDeadline = (lastSwitchAt ?? 0) + plan.switch.drainMs;
  for (;;) {
    const open = await countOpen(call, () => router.openConnections?.(call, color) ?? Promise.resolve(null));
    if (open === 0) return { detail: 'no open connections' };
    const now = Date.now();
    if (open === null && now >= blindDeadline) return { detail: 'open connections cannot be counted; the drain time has passed' };
    if (open !== null && now >= deadline) return { detail: `${open} still open after ${plan.switch.drainMs / 1000} s` };
    call.heartbeat({ since, open });
    await pause(DRAIN_POLL_MS, undefined, { signal: call.signal });
  }
}

/** The drain time counts from the first attempt: a lost worker must not begin it anew. */
const startOf = (resumed: ActivityCall['resumed']): number =>
  typeof resumed === 'object' && resumed !== null && 'since' in resumed && typeof resumed.since === 'number' ? resumed.since : Date.now();

/** A router that does not answer now may know again in a moment: until then nothing is known. */
async function countOpen(call: Call, read: () => Promise<number | null>): Promise<number | null> {
  try {
    return await read();
  } catch (error) {
    if (call.signal.aborted || (error instanceof Failure && error.type !== 'Unavailable')) throw error;
    return null;
  }
}
