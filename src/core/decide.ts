/** What people may decide, when, and what comes of it. A decision that is refused changes nothing. */
import { expectedColor } from './next.ts';
import type { Plan } from './plan.ts';
import { canGoBack, isBeforeSwitch, isGoingBack, phaseOf } from './position.ts';
import type { Asking, Event, Monitoring, State, Taken } from './state.ts';
import { enter, giveUp, goBack, note, passed, resume, towardsSwitch } from './transitions.ts';

/** Why a decision cannot be taken now, or null. */
export function refusal(state: State, decision: Taken): string | null {
  const { step } = state;
  const phase = phaseOf(state);
  const here = `${state.version} is ${phase}`;
  switch (decision.name) {
    case 'approve':
    case 'reject':
      return step.name === 'await-approval' ? null : `nothing waits for approval: ${here}`;
    case 'promote':
      return isPromotable(state) ? null : `nothing to promote: ${here}`;
    case 'extend':
      return step.name === 'monitor' ? null : `no monitoring window is open: ${here}`;
    case 'abort':
      if (isBeforeSwitch(state)) return null;
      return state.outcome !== null
        ? `nothing to abort: ${here}`
        : `users have been switched already or are being switched: ${here}; roll back instead`;
    case 'rollback':
      return rollbackRefusal(state, decision.to);
    case 'resolve':
      return resolveRefusal(state, decision.how);
  }
}

/** A deployment passes only where the router said, when it was last read, that users are on the new color. */
const isPromotable = ({ step, liveColor, color }: State): boolean =>
  step.name === 'await-window' ||
  (liveColor === color &&
    (step.name === 'monitor' || (step.name === 'blocked' && (step.problem.kind === 'inconclusive' || step.problem.kind === 'broken'))));

function rollbackRefusal(state: State, to: string | null): string | null {
  const { from, version } = state;
  if (from === null && state.outcome === null && !isBeforeSwitch(state))
    return `${version} is the first deployment: there is nothing to roll back to`;
  if (isGoingBack(state)) return `${version} is being rolled back already`;
  if (isBeforeSwitch(state)) return `${version} is ${phaseOf(state)} and users have not been switched to it: abort it instead`;
  if (!canGoBack(state)) return `${version} cannot be rolled back while ${phaseOf(state)}`;
  if (to !== null && to !== from?.version)
    return `users came from ${from?.version ?? 'an unknown version'}, and only that can be rolled back to now; deploy ${to} instead`;
  return null;
}

function resolveRefusal(state: State, how: 'adopt' | 'restore' | 'retry'): string | null {
  if (state.step.name !== 'blocked') return `nothing needs intervention: ${state.version} is ${phaseOf(state)}`;
  if (how === 'restore' && state.step.problem.kind !== 'drift') return 'the router is as it should be: there is nothing to restore';
  if (how === 'restore' && (expectedColor(state) === 'none' || state.step.resume === 'drain-new'))
    return 'the router routed to nothing before: that is not restored; adopt, or retry';
  return null;
}

/** Every decision that would not be refused now. */
export function possible(state: State): string[] {
  const candidates: [string, Taken][] = [
    ['approve', { name: 'approve' }],
    ['reject', { name: 'reject' }],
    ['promote', { name: 'promote' }],
    ['extend', { name: 'extend', ms: 0 }],
    ['rollback', { name: 'rollback', to: null, now: false }],
    ['abort', { name: 'abort' }],
    ['resolve --adopt', { name: 'resolve', how: 'adopt' }],
    ['resolve --restore', { name: 'resolve', how: 'restore' }],
    ['resolve --retry', { name: 'resolve', how: 'retry' }],
  ];
  return candidates.filter(([, decision]) => refusal(state, decision) === null).map(([name]) => name);
}

export function takeDecision(plan: Plan, state: State, event: Extract<Event, { type: 'decided' }>): State {
  const { decision, by, reason, at } = event;
  if (refusal(state, decision) !== null) return state;
  const action = decision.name === 'resolve' ? `resolve --${decision.how}` : decision.name;
  const decisions = [...state.decisions, { action, by, at, reason }].slice(-60);
  return carryOut(plan, note({ ...state, decisions }, at, action, by, reason), decision, by, reason, at);
}

function carryOut(plan: Plan, state: State, decision: Taken, by: string, reason: string | null, at: number): State {
  const { step } = state;
  const because = reason ? `: ${reason}` : '';
  switch (decision.name) {
    case 'approve':
      return towardsSwitch(plan, { ...state, approved: true }, at);
    case 'reject':
      return giveUp(state, at, 'rejected', `rejected by ${by}${because}`);
    case 'promote':
      return step.name === 'await-window' ? enter({ ...state, windowWaived: true }, at, { name: 'switch' }) : passed(plan, state, at, by);
    case 'extend': {
      const endsAt = (step as Monitoring).endsAt + decision.ms;
      // Not a new command: the batch of samples that is under way goes on.
      return { ...state, step: { ...(step as Monitoring), endsAt }, monitorEndsAt: endsAt };
    }
    case 'abort':
      return giveUp(state, at, 'aborted', `aborted by ${by}${because}`);
    case 'rollback':
      return goBack(
        { ...state, hurried: decision.now, forced: phaseOf(state) === 'needs-intervention' },
        at,
        `rolled back by ${by}${because}`,
      );
    case 'resolve':
      return resolve(plan, state, step as Asking, decision.how, at);
  }
}

function resolve(plan: Plan, state: State, step: Asking, how: 'adopt' | 'restore' | 'retry', at: number): State {
  const { problem } = step;
  if (how === 'adopt') return enter(state, at, { name: 'adopt', problem, resume: step.resume });
  // Where the router was wrong somebody says that it is right again: that is looked at first.
  if (how === 'retry' && problem.kind === 'drift') return enter(state, at, { name: 'look-again', problem, resume: step.resume });
  if (how === 'retry') return resume(plan, state, at, step.resume);
  // On the way back "what it said before" is only the way there: what is wanted is the old color.
  if (step.resume === 'switch-back' || step.resume === 'confirm-back')
    return enter({ ...state, forced: true, reason: state.reason ?? problem.message }, at, { name: 'switch-back' });
  return enter(state, at, { name: 'restore', problem, resume: step.resume });
}
