/** What happens to a service: deployments are asked for, wait, take over, are decided upon, and become the record. */
import type { Decision, DeployRequest, Outcome, PastDeployment } from '../contract.ts';
import { apply } from './apply.ts';
import { refusal } from './decide.ts';
import type { Json, Plan } from './plan.ts';
import { isBeforeSwitch, phaseOf } from './position.ts';
import { isBusy, type Live, type Request, type Service, waiting } from './record.ts';
import type { Event, State, Taken } from './state.ts';
import { statusOf } from './status.ts';
import { wayBack } from './wayBack.ts';

const RECORD_KEPT = 50;
const SEEN_KEPT = 100;

/** What the deployment before leaves to this one: a drain, and a router that it did not settle. */
interface Legacy {
  lastSwitchAt: number | null;
  snapshot?: Json | null;
}

const semanticsOf = (plan: Plan | null): number => plan?.semantics ?? 1;

export function begin(
  service: Service,
  request: Request,
  at: number,
  { lastSwitchAt, snapshot }: Legacy = { lastSwitchAt: null },
): Service {
  const deployment: State = {
    // Not what this code knows: a replay would begin by other rules than the run did.
    semantics: semanticsOf(request.plan),
    deploymentId: request.deploymentId,
    requestId: request.requestId,
    kind: request.kind,
    version: request.plan.version,
    requestedBy: request.by,
    startedAt: at,
    seq: 1,
    step: { name: 'observe' },
    from: null,
    color: null,
    liveColor: null,
    touched: false,
    oldCapacity: 0,
    lastSwitchAt,
    ...(snapshot == null ? {} : { snapshot }),
    switchedAt: null,
    outcome: null,
    reason: null,
    endedAt: null,
    forced: false,
    hurried: false,
    windowWaived: false,
    approved: false,
    handingOver: false,
    tests: [],
    tallies: [],
    cursors: {},
    monitorEndsAt: null,
    steps: [{ name: 'observe', state: 'running', startedAt: new Date(at).toISOString(), endedAt: null, detail: null }],
    decisions: [],
    trail: [
      {
        at: new Date(request.at).toISOString(),
        by: request.by,
        what: `asked for ${request.plan.version} (${request.kind})`,
        reason: request.reason,
      },
    ],
  };
  return { ...service, plan: request.plan, deployment };
}

/** The deployment that a request id has started or queued before. */
export function knownRequest(service: Service, requestId: string): { deploymentId: string; version: string } | null {
  const { deployment, record } = service;
  const queued = waiting(service).find((request) => request.requestId === requestId);
  const known =
    (deployment?.requestId === requestId ? deployment : null) ??
    (queued && { deploymentId: queued.deploymentId, version: queued.plan.version }) ??
    record.find(({ requestId: id }) => id === requestId)?.status;
  return known ? { deploymentId: known.deploymentId, version: known.version } : null;
}

/** Why a new deployment cannot be taken, or null. */
export function submitRefusal(service: Service, request: DeployRequest): string | null {
  if (knownRequest(service, request.requestId) !== null) return null;
  const { deployment, next } = service;
  const busy = next?.plan.version ?? (deployment && isBusy(deployment) ? deployment.version : null);
  if (busy === null || request.plan.concurrency !== 'reject') return null;
  const phase = next ? 'about to begin' : phaseOf(deployment!);
  if (phase === 'needs-intervention') return `${service.service} is busy: ${busy} needs a person first: cutover resolve ${service.service}`;
  return `${service.service} is busy: ${busy} is ${phase}; wait for it, or set concurrency to queue or supersede`;
}

/** Takes a deployment: it is next, or waits in the queue, or takes the place of all that wait. */
export function submit(service: Service, request: Request, at: number): Service {
  const { deployment } = service;
  if (deployment === null && service.next === null) return begin(service, request, at);
  const idle = deployment === null || !isBusy(deployment);
  if (idle && service.next === null && service.queue.length === 0) return takeOver(service, request, at);
  if (request.plan.concurrency !== 'supersede') return { ...service, queue: [...service.queue, request] };
  const displaced = waiting(service).map((old) => unbegun(service, old, at, `superseded by ${request.plan.version}`));
  const alone: Service = { ...service, next: null, queue: [], record: keep(service.record, displaced) };
  if (idle) return { ...alone, next: request };
  return settled(step({ ...alone, queue: [request] }, { type: 'superseded', by: request.by, version: request.plan.version, at }), at);
}

const takeOver = (service: Service, request: Request, at: number): Service =>
  step({ ...service, next: request }, { type: 'handed-over', version: request.plan.version, at });

/** A request that never began, as the record keeps it. */
function unbegun(service: Service, request: Request, at: number, reason: string): PastDeployment {
  const ghost = begin(service, request, request.at).deployment!;
  const over: State = { ...ghost, steps: [], step: { name: 'ended' }, outcome: 'superseded' satisfies Outcome, reason, endedAt: at };
  return past({ ...service, plan: request.plan, deployment: over, queue: [], next: null });
}

const keep = (record: PastDeployment[], more: PastDeployment[]): PastDeployment[] => [...record, ...more].slice(-RECORD_KEPT);

const past = (service: Service): PastDeployment => ({
  requestId: service.deployment!.requestId,
  status: { ...statusOf(service)!, queue: [], actions: [] },
  trail: service.deployment!.trail,
});

/** Applies an event to the current deployment, and draws the conclusions for the service. */
export function step(service: Service, event: Event): Service {
  if (service.deployment === null || service.plan === null) return service;
  const before = service.deployment;
  const deployment = apply(service.plan, before, event);
  return settled(remember({ ...service, deployment }, before), event.at);
}

/** Notes whom users are on when that has changed. */
function remember(service: Service, before: State): Service {
  const { deployment: now, plan, live } = service;
  if (now === null || plan === null) return service;
  if (before.switchedAt === null && now.switchedAt !== null) {
    const from = now.from
      ? { color: now.from.color, version: now.from.version, plan: live?.version === now.from.version ? (live?.plan ?? null) : null }
      : null;
    const to: Live = { version: now.version, plan };
    const { deploymentId, kind, switchedAt: at } = now;
    return { ...service, live: to, lastSwitch: from && { deploymentId, kind, at, from, to, undone: false } };
  }
  const { lastSwitch } = service;
  if (before.outcome === now.outcome || lastSwitch?.deploymentId !== now.deploymentId) return service;
  const { from, to } = lastSwitch;
  if (now.outcome === 'rolled-back')
    return { ...service, live: { version: from.version, plan: from.plan }, lastSwitch: { ...lastSwitch, undone: true } };
  // A person has adopted what was rolled back before.
  return now.outcome === 'succeeded' ? { ...service, live: to, lastSwitch: { ...lastSwitch, undone: false } } : service;
}

/** When the outcome is known, the first that waits is next. */
function settled(service: Service, at: number): Service {
  const { deployment, next, queue } = service;
  const [first, ...rest] = queue;
  if (deployment === null || isBusy(deployment) || next !== null || first === undefined) return service;
  return takeOver({ ...service, queue: rest }, first, at);
}

/** The current one has ended and the next waits: the state that the next run begins with. */
export function successor(service: Service, at: number): Service {
  const { next } = service;
  if (next === null) return service;
  const record = service.deployment ? keep(service.record, [past(service)]) : service.record;
  // A drain that this one did not finish is the next one's.
  const lastSwitchAt = service.deployment?.lastSwitchAt ?? service.lastSwitch?.at ?? null;
  const snapshot = service.deployment?.snapshot;
  return begin({ ...service, record, next: null, deployment: null }, next, at, { lastSwitchAt, ...(snapshot != null && { snapshot }) });
}

/** Why a decision cannot be taken now, or null. */
export function decisionRefusal(service: Service, decision: Taken): string | null {
  if (service.deployment === null) return `${service.service} was never deployed`;
  if (decision.name !== 'rollback') return refusal(service.deployment, decision);
  const way = wayBack(service, decision.to);
  return 'refused' in way ? way.refused : null;
}

export const isSeen = (service: Service, id: string | undefined): boolean => id !== undefined && service.seen.includes(id);

/** Takes a decision that is not refused. `deploymentId` is for a rollback that has to be a deployment of its own. */
export function decide(service: Service, decision: Taken, who: Decision, deploymentId: string, at: number): Service {
  const seen = who.id === undefined ? service.seen : [...service.seen, who.id].slice(-SEEN_KEPT);
  const noted = { ...service, seen };
  const reason = who.reason ?? null;
  if (decision.name === 'rollback') {
    const way = wayBack(service, decision.to);
    if ('way' in way && way.way === 'redeploy') {
      // It comes with an old plan, and is asked for today.
      const semantics = Math.max(semanticsOf(way.plan), semanticsOf(service.plan));
      const plan: Plan = { ...way.plan, concurrency: 'reject', ...(semantics > 1 && { semantics }) };
      return submit(noted, { deploymentId, requestId: deploymentId, kind: 'rollback', plan, by: who.by, reason, at }, at);
    }
  }
  return step(noted, { type: 'decided', decision, by: who.by, reason, at });
}

/** Why the record cannot be ended now, or null. */
export function forgetRefusal(service: Service): string | null {
  const { deployment } = service;
  if (service.next || service.queue.length > 0) return `deployments of ${service.service} are waiting`;
  if (deployment === null || !isBusy(deployment) || phaseOf(deployment) === 'needs-intervention') return null;
  return `${deployment.version} is ${phaseOf(deployment)}: ${isBeforeSwitch(deployment) ? 'abort it' : 'let it finish'} first`;
}
