import type { Cutover } from '../../client.ts';
import type { Phase, StatusDocument } from '../../contract.ts';
import type { Context, Run } from '../context.ts';
import { EXIT, type ExitCode, exitOf } from '../exit.ts';
import { follow } from '../follow.ts';
import { type WhoOptions, who } from './decisions.ts';

interface RollbackOptions extends WhoOptions {
  to?: string;
  now?: boolean;
  wait: boolean;
}

/** How long the announcement may hold the rollback up: it only tells where the way goes. */
const ANNOUNCE_TIMEOUT_MS = 3_000;

export const run: Run<RollbackOptions> = async (context, [named], options) => {
  const service = await context.serviceName(named);
  const client = await context.connect();
  const way = await announcement(client, service, options.to);
  if (way !== null) context.out.note(way);
  const { to, now } = options;
  const decided = await client.decide(service, 'rollback', { ...who(options), ...(to ? { to } : {}), ...(now ? { now } : {}) });
  if (!options.wait) {
    context.out.result({ service, ...decided }, decided.message);
    return EXIT.done;
  }
  return untilUsersAreBack(context, client, service, decided.deploymentId);
};

/** Says which way it goes, before anything happens. Null where that is not known, or the refusal that comes will say more. */
async function announcement(client: Cutover, service: string, to: string | undefined): Promise<string | null> {
  const current = await client.status(service, undefined, ANNOUNCE_TIMEOUT_MS).catch(() => null);
  if (current === null || (to === undefined && !current.actions.includes('rollback'))) return null;
  const switched = await lastSwitched(client, service, current).catch(() => null);
  if (switched !== null) return `rolling back ${service}: ${switched.version} → ${to ?? switched.previousVersion ?? 'the version before'}`;
  return to === undefined ? null : `rolling back ${service} to ${to}`;
}

/** The deployment whose switch users saw last; null when there is none, or it was undone. */
async function lastSwitched(client: Cutover, service: string, current: StatusDocument): Promise<StatusDocument | null> {
  const past = current.switchedAt === null ? ((await client.history(service)) ?? []).map((one) => one.status) : [];
  const last = [...past, current].findLast((status) => status.switchedAt !== null);
  return last === undefined || last.outcome === 'rolled-back' ? null : last;
}

async function untilUsersAreBack(context: Context, client: Cutover, service: string, deploymentId: string): Promise<ExitCode> {
  const onInterrupt = `the rollback of ${service} goes on; follow it with: cutover watch ${service}`;
  const status = await follow(context, client, service, { deploymentId, begin: 'now', until: isSettled, onInterrupt });
  const live = status.kind === 'rollback' ? status.version : status.previousVersion;
  const exit = exitOf(status);
  const back = status.kind === 'rollback' ? exit === null || exit === EXIT.done : exit === EXIT.rolledBack;
  const ended = `the rollback did not happen: ${status.outcome ?? status.phase}${status.reason === null ? '' : `: ${status.reason}`}`;
  context.out.result(status, back ? `${service} is rolled back: users are on ${live}` : ended);
  return back ? EXIT.done : (exit ?? EXIT.unexpected);
}

/** A rollback of its own (after a removal) has brought users back when its own monitoring begins. */
const AFTER_SWITCH: readonly Phase[] = ['monitoring', 'retaining', 'decommissioning', 'ended'];

function isSettled(status: StatusDocument): boolean {
  if (status.phase === 'needs-intervention') return true;
  if (status.kind === 'rollback') return status.outcome !== null || AFTER_SWITCH.includes(status.phase);
  // It may have succeeded before: only what ends the way back counts.
  return status.outcome !== null && status.outcome !== 'succeeded';
}
