/** Moving users: read, compare, write, read back. */
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { Color, Plan } from '../core/plan.ts';
import { type Routing, sameRouting } from '../core/routing.ts';
import type { Call, Router } from '../providers/types.ts';
import { providersOf } from './providers.ts';
import { requireHealthy } from './readiness.ts';
import type { Activities } from './types.ts';
import { uninterrupted } from './uninterrupted.ts';

/** How long an answer of a remote API may be an old one: read again after these pauses before it is believed. */
const STALE_MS = [200, 500, 1_000, 2_000, 4_000];
const DOUBT_MS = [1_000, 2_000];

export async function switchTraffic(
  call: Call,
  input: Parameters<Activities['switchTraffic']>[0],
): ReturnType<Activities['switchTraffic']> {
  const { plan, to, expect } = input;
  const router = await providersOf(plan).router();
  const readiness = requireReady(call, router, input).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const found = await readFirst(call, router, input);
  // Done already: by an attempt whose answer was lost, or by somebody who was faster.
  if (found.to === to) return { routing: found, at: Date.now(), ...(await askedAgain(call, router, plan, { to, from: found })) };
  if (expect !== null && !(expect as string[]).includes(found.to))
    throw new Failure('Drift', `the router says: ${found.summary}`, { found });
  const lack = await readiness;
  if (lack !== null) throw withFound(lack.error, found);
  const writing = uninterrupted(call);
  const written = await router.write(writing, { to, from: found });
  const at = Date.now();
  const routing = await readBack(writing, router, { to, from: found });
  return { routing, at, ...(written && { pending: written.pending }) };
}

/** Who decides what to do about it wants to know where users are. */
function withFound(error: unknown, found: Routing): unknown {
  if (!(error instanceof Failure)) return error;
  return new Failure(error.type, error.message, { ...(error.details as object | undefined), found });
}

/** A write of what is there changes nothing, and says how to ask whether it is everywhere. */
async function askedAgain(call: Call, router: Router, { router: { spreadMs } }: Plan, there: { to: Color; from: Routing }) {
  const written = spreadMs === undefined ? undefined : await router.write(call, there);
  return written && { pending: written.pending };
}

/**
 * An API that answers with what was a moment ago says on the way back that users never left: only one that goes on saying so
 * is believed.
 */
async function readFirst(call: Call, router: Router, { plan, to, expect }: Parameters<Activities['switchTraffic']>[0]): Promise<Routing> {
  const found = await router.read(call);
  const isBack = expect === null || expect.includes(to);
  const surprising = found.to === to && isBack && isRemote(plan);
  if (!surprising) return found;
  for (const wait of DOUBT_MS) {
    await pause(wait, undefined, { signal: call.signal });
    const again = await router.read(call);
    if (again.to !== to) return again;
  }
  return found;
}

const isRemote = ({ router }: Plan): boolean => router.healthTimeoutMs !== undefined || router.spreadMs !== undefined;

async function readBack(call: Call, router: Router, { to, from }: { to: Color; from: Routing }): Promise<Routing> {
  for (const wait of [...STALE_MS, null]) {
    const routing = await router.read(call);
    if (routing.to === to) return routing;
    if (!sameRouting(routing, from))
      throw new Failure('Drift', `written ${to}, but the router says: ${routing.summary}`, { found: routing });
    if (wait !== null) await pause(wait);
  }
  throw new Failure('Unavailable', `written ${to}, but the router still says: ${from.summary}; it is written again`);
}

async function requireReady(call: Call, router: Router, input: Parameters<Activities['switchTraffic']>[0]): Promise<void> {
  const { plan, to, minimum, needs } = input;
  if (minimum === 0) return;
  const environment = await providersOf(plan).environment();
  const [{ ready, detail }] = await Promise.all([
    environment.describe(call, to),
    needs === undefined ? undefined : requireHealthy(call, router, to, needs),
  ]);
  if (ready >= minimum) return;
  const counts = { wanted: minimum, healthy: ready };
  throw new Failure('TargetNotReady', `${to} has ${ready} of ${minimum} ready copies${detail ? `: ${detail}` : ''}`, counts);
}
