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

export const run: Run<RollbackOptions> = async (context, [named], options) => {
  const service = await context.serviceName(named);
  const client = await context.connect();
  const { to, now } = options;
  const decided = await client.decide(service, 'rollback', { ...who(options), ...(to ? { to } : {}), ...(now ? { now } : {}) });
  if (decided.to !== undefined)
    context.out.note(`rolling back ${service}: ${decided.from ?? 'what is live'} → ${decided.to ?? 'the version before'}`);
  if (!options.wait) {
    context.out.result({ service, ...decided }, decided.message);
    return EXIT.done;
  }
  return untilUsersAreBack(context, client, service, decided.deploymentId);
};

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
