import { randomUUID } from 'node:crypto';
import type { Cutover } from '../../client.ts';
import { PHASES, type Phase, type StatusDocument, type Submitted } from '../../contract.ts';
import type { Context, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode, exitOf } from '../exit.ts';
import { follow } from '../follow.ts';
import { planFor } from '../serviceFile.ts';
import { type WhoOptions, who } from './decisions.ts';

interface DeployOptions extends WhoOptions {
  wait?: boolean;
  waitFor?: string;
  requestId?: string;
}

export const run: Run<DeployOptions> = async (context, [version], options) => {
  const phase = options.waitFor === undefined ? null : parsePhase(options.waitFor);
  const plan = await planFor(context, version!);
  const client = await context.connect();
  const submitted = await client.submit({ requestId: options.requestId ?? randomUUID(), plan, ...who(options) });
  if (submitted.warning !== null) context.out.warn(submitted.warning);
  if (!options.wait && phase === null) return accepted(context, plan.service, submitted);
  return waitFor(context, client, plan.service, submitted.deploymentId, phase);
};

function parsePhase(text: string): Phase {
  const phase = PHASES.find((known) => known === text);
  if (phase === undefined) throw new UsageError(`--wait-for: "${text}" is no phase; known phases: ${PHASES.join(', ')}`);
  return phase;
}

const HOW: Record<Submitted['how'], string> = { started: 'started', queued: 'waits in the queue', existing: 'was started before' };

function accepted({ out }: Context, service: string, submitted: Submitted): ExitCode {
  const text = `deployment ${submitted.deploymentId} of ${service} ${submitted.version} ${HOW[submitted.how]}`;
  out.result({ service, ...submitted }, text);
  out.note(`follow it with: cutover watch ${service}`);
  return EXIT.done;
}

async function waitFor(context: Context, client: Cutover, service: string, deploymentId: string, phase: Phase | null): Promise<ExitCode> {
  const status = await follow(context, client, service, {
    deploymentId,
    begin: 'all',
    until: (now) => exitOf(now) !== null || (phase !== null && isReached(now, phase)),
    onInterrupt: `the deployment of ${service} goes on; follow it with: cutover watch ${service}`,
  });
  context.out.result(status, verdict(status));
  if (phase !== null && status.phase === phase) return EXIT.done;
  return exitOf(status) ?? EXIT.done;
}

/** Reached, or passed on the way forward. */
function isReached(status: StatusDocument, phase: Phase): boolean {
  if (status.phase === phase) return true;
  const forward = PHASES.slice(0, PHASES.indexOf('ended') + 1);
  return forward.includes(phase) && forward.indexOf(status.phase) > forward.indexOf(phase);
}

function verdict(status: StatusDocument): string {
  const { service, version, previousVersion, outcome, reason, phase } = status;
  const why = reason === null ? '' : `: ${reason}`;
  if (phase === 'needs-intervention') return `${service} ${version} needs a person${why}\nsee: cutover status ${service}`;
  if (outcome === null) return `${service} ${version}: ${phase}`;
  if (outcome === 'succeeded') return `${service} ${version} is live${why}`;
  if (outcome === 'rolled-back') return `${service} ${version} was rolled back${why}\nusers are on ${previousVersion ?? 'the old version'}`;
  return `${service} ${version} ${outcome === 'failed' ? 'failed' : `was ${outcome}`}${why}\nusers were never touched`;
}
