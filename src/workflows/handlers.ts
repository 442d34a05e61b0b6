/** How people, CI and the Temporal UI reach the workflow. Set before the first await; each applies an event and returns. */
import { ApplicationFailure, currentUpdateInfo, defineSignal, defineUpdate, setHandler, uuid4 } from '@temporalio/workflow';
import {
  DECISIONS,
  type Decided,
  type Decision,
  type DecisionName,
  type DeployRequest,
  forgetUpdate,
  historyQuery,
  INVALID,
  planQuery,
  REFUSED,
  type Submitted,
  statusQuery,
  submitUpdate,
} from '../contract.ts';
import { parseDecision } from '../core/payload.ts';
import type { Service } from '../core/record.ts';
import { decide, decisionRefusal, forgetRefusal, isSeen, knownRequest, submit, submitRefusal } from '../core/service.ts';
import type { Taken } from '../core/state.ts';
import { historyOf, statusById } from '../core/status.ts';
import { note } from '../core/transitions.ts';

export interface Mailbox {
  service(): Service;
  take(change: (service: Service) => Service): void;
  forget(): void;
}

const DESCRIPTIONS: Record<DecisionName, string> = {
  approve: 'Answer a deployment that waits for approval: go on. {"by": "you", "reason": "…"}',
  reject: 'Answer a deployment that waits for approval: no. {"by": "you", "reason": "…"}',
  promote: 'Move on now: ends the wait for the switch window, or the monitoring window (as passed). {"by": "you"}',
  extend: 'Make the monitoring window longer. {"by": "you", "duration": "10m"}',
  rollback:
    'Send users back to the version before. {"by": "you", "reason": "…"}; "to" names another version, "now": true does not wait for capacity',
  abort: 'Give up a deployment that has not switched yet. {"by": "you", "reason": "…"}',
  resolve: 'Answer needs-intervention. {"by": "you", "how": "adopt" | "restore" | "retry"}',
};

const refuse = (message: string): never => {
  throw ApplicationFailure.create({ type: REFUSED, message, nonRetryable: true });
};
const reject = (message: string): never => {
  throw ApplicationFailure.create({ type: INVALID, message, nonRetryable: true });
};

export function acceptDecisions(mailbox: Mailbox): void {
  acceptSubmits(mailbox);
  for (const name of DECISIONS) acceptDecision(mailbox, name);
  acceptForget(mailbox);
  answerQueries(mailbox);
}

function acceptSubmits({ service, take }: Mailbox): void {
  const handle = (request: DeployRequest): Submitted => {
    const known = knownRequest(service(), request.requestId);
    if (known !== null) return { ...known, how: 'existing', warning: null };
    const deploymentId = uuid4();
    const { requestId, plan, by } = request;
    const same = service().live?.version === plan.version;
    take((now) =>
      submit(now, { deploymentId, requestId, kind: 'deployment', plan, by, reason: request.reason ?? null, at: Date.now() }, Date.now()),
    );
    const queued = service().queue.some((waiting) => waiting.deploymentId === deploymentId);
    return {
      deploymentId,
      version: plan.version,
      how: queued ? 'queued' : 'started',
      warning: same ? `${plan.version} is live already: identity cannot tell the new copy from the old one` : null,
    };
  };
  setHandler(submitUpdate, handle, {
    description: 'Start a deployment (what `cutover deploy` sends)',
    validator: (request: DeployRequest) => {
      if (request?.plan?.planVersion !== 1 || typeof request.requestId !== 'string' || typeof request.by !== 'string')
        return reject('submit takes {"requestId", "plan", "by"}, as `cutover deploy` makes them');
      if (request.plan.service !== service().service)
        return reject(`this is the record of ${service().service}, not of ${request.plan.service}`);
      const refusal = submitRefusal(service(), request);
      if (refusal !== null) refuse(refusal);
    },
  });
}

function acceptDecision({ service, take }: Mailbox, name: DecisionName): void {
  const carryOut = (taken: Taken, who: Decision): Decided => {
    const before = service().deployment?.deploymentId;
    if (!isSeen(service(), who.id)) take((now) => decide(now, taken, who, uuid4(), Date.now()));
    const { deployment, next } = service();
    const own = taken.name === 'rollback' && next?.kind === 'rollback' ? next.deploymentId : (deployment?.deploymentId ?? '');
    const { phase = 'ended' as const, version = '' } = statusById(service(), own) ?? {};
    const follows =
      own !== before ? 'a deployment of its own begins' : taken.name === 'resolve' ? 'it is carried out' : `${version} is now ${phase}`;
    const decided = { deploymentId: own, phase, message: `${name} accepted: ${follows}` };
    return taken.name === 'rollback' ? { ...decided, ...versionsBack(service(), own) } : decided;
  };
  setHandler(
    defineUpdate<Decided, [Decision]>(name),
    (payload) => carryOut(parsed(name, payload), { ...payload, id: payload.id ?? currentUpdateInfo()?.id }),
    {
      description: DESCRIPTIONS[name],
      validator: (payload: Decision) => {
        const decision = parseDecision(name, payload);
        if (typeof decision === 'string') return reject(decision);
        const refusal = isSeen(service(), payload.id) ? null : decisionRefusal(service(), decision);
        if (refusal !== null) refuse(refusal);
      },
    },
  );
  // The twin for when no worker runs: a signal is stored at once. Nobody reads an answer, so a refusal goes to the trail.
  setHandler(
    defineSignal<[Decision]>(name),
    (payload) => {
      const who = { ...payload, by: payload?.by || 'somebody (by signal)' };
      const decision = parseDecision(name, who);
      const refusal = typeof decision === 'string' ? decision : isSeen(service(), who.id) ? null : decisionRefusal(service(), decision);
      if (refusal === null) carryOut(decision as Taken, who);
      else take((now) => noteRefusal(now, name, who.by, refusal));
    },
    { description: DESCRIPTIONS[name] },
  );
}

/** Which way a rollback goes that was just decided: within the deployment, or by one of its own. */
function versionsBack({ deployment, next, live }: Service, deploymentId: string): Pick<Decided, 'from' | 'to'> {
  if (next?.deploymentId === deploymentId) return { from: live?.version ?? null, to: next.plan.version };
  return { from: deployment?.version ?? null, to: deployment?.from?.version ?? null };
}

const noteRefusal = (service: Service, name: string, by: string, refusal: string): Service =>
  service.deployment === null ? service : { ...service, deployment: note(service.deployment, Date.now(), `refused: ${name}`, by, refusal) };

/** The validator has seen it; the handler only needs it typed. */
function parsed(name: DecisionName, payload: unknown): Taken {
  const decision = parseDecision(name, payload);
  return typeof decision === 'string' ? reject(decision) : decision;
}

function acceptForget({ service, forget }: Mailbox): void {
  const handle = (_: Decision): Decided => {
    forget();
    const { deployment } = service();
    return { deploymentId: deployment?.deploymentId ?? '', phase: 'ended', message: `the record of ${service().service} is ended` };
  };
  setHandler(forgetUpdate, handle, {
    description: 'End the record of a service that is no longer deployed; touches nothing else. {"by": "you"}',
    validator: (_: Decision) => {
      const refusal = forgetRefusal(service());
      if (refusal !== null) refuse(refusal);
    },
  });
}

function answerQueries({ service }: Mailbox): void {
  setHandler(statusQuery, (which?: { deploymentId?: string }) => statusById(service(), which?.deploymentId), {
    description: 'The status document of the current deployment, or of {"deploymentId": "…"}',
  });
  setHandler(historyQuery, () => historyOf(service()), { description: 'Past deployments and their trails, the current one last' });
  setHandler(planQuery, () => service().plan, { description: 'The plan of the current deployment: the service file, resolved' });
}
