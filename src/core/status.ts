/** The state, as the status document that people and programs read. */
import type { CheckStatus, PastDeployment, StatusDocument } from '../contract.ts';
import { possible } from './decide.ts';
import { tallyOf } from './gate.ts';
import type { Plan } from './plan.ts';
import { phaseOf } from './position.ts';
import { type Request, type Service, waiting } from './record.ts';
import type { State } from './state.ts';
import { wayBack } from './wayBack.ts';

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export function statusOf(service: Service): StatusDocument | null {
  const { deployment: state, plan } = service;
  if (state === null || plan === null) return null;
  return {
    service: service.service,
    deploymentId: state.deploymentId,
    kind: state.kind,
    version: state.version,
    previousVersion: state.from?.version ?? null,
    color: state.color,
    previousColor: state.from?.color ?? null,
    liveColor: state.liveColor,
    phase: phaseOf(state),
    outcome: state.outcome,
    reason: reasonOf(state),
    startedAt: iso(state.startedAt),
    switchedAt: isoOrNull(state.switchedAt),
    endedAt: isoOrNull(state.endedAt),
    steps: state.steps,
    smokeTests: state.tests,
    monitor: monitorOf(plan, state),
    until: untilOf(state),
    queue: waiting(service).map(({ deploymentId, plan: { version }, by }) => ({ deploymentId, version, requestedBy: by })),
    requestedBy: state.requestedBy,
    decisions: state.decisions.map((decision) => ({ ...decision, at: iso(decision.at) })),
    actions: actionsOf(service, state),
  };
}

const reasonOf = ({ step, reason }: State): string | null => ('problem' in step ? step.problem.message : reason);

const untilOf = ({ step }: State): string | null => ('until' in step ? iso(step.until) : 'endsAt' in step ? iso(step.endsAt) : null);

function actionsOf(service: Service, state: State): string[] {
  const others = possible(state).filter((name) => name !== 'rollback');
  return 'refused' in wayBack(service, null) ? others : [...others, 'rollback'];
}

function monitorOf(plan: Plan, state: State): StatusDocument['monitor'] {
  if (state.monitorEndsAt === null) return null;
  const checks = plan.monitor.checks.map((check): CheckStatus => {
    const { name, value, samples, failures, noData, values, detail } = tallyOf(state.tallies, check);
    const bounds = { ...(check.max === null ? {} : { max: check.max }), ...(check.min === null ? {} : { min: check.min }) };
    return { name, value, ...bounds, samples, failures, noData, values, detail };
  });
  return { endsAt: iso(state.monitorEndsAt), checks };
}

/** The document of any deployment that is known: the current one, one that waits, one of the record. */
export function statusById(service: Service, deploymentId: string | undefined): StatusDocument | null {
  if (deploymentId === undefined || service.deployment?.deploymentId === deploymentId) return statusOf(service);
  const queued = waiting(service).find((request) => request.deploymentId === deploymentId);
  if (queued) return queuedStatus(service, queued);
  return service.record.find(({ status }) => status.deploymentId === deploymentId)?.status ?? null;
}

/** The record with the current deployment as its newest entry. */
export function historyOf(service: Service): PastDeployment[] {
  const status = statusOf(service);
  if (status === null || service.deployment === null) return service.record;
  return [...service.record, { requestId: service.deployment.requestId, status, trail: service.deployment.trail }];
}

const queuedStatus = (service: Service, request: Request): StatusDocument => ({
  service: service.service,
  deploymentId: request.deploymentId,
  kind: request.kind,
  version: request.plan.version,
  previousVersion: service.live?.version ?? null,
  color: null,
  previousColor: null,
  liveColor: service.deployment?.liveColor ?? null,
  phase: 'queued',
  outcome: null,
  reason: service.deployment ? `waits for ${service.deployment.version}, which is ${phaseOf(service.deployment)}` : null,
  startedAt: iso(request.at),
  switchedAt: null,
  endedAt: null,
  steps: [],
  smokeTests: [],
  monitor: null,
  until: null,
  queue: waiting(service).map(({ deploymentId, plan: { version }, by }) => ({ deploymentId, version, requestedBy: by })),
  requestedBy: request.by,
  decisions: [],
  actions: [],
});
