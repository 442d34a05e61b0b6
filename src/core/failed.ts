/** What becomes of a deployment when a command could not be carried out, after its retries. */
import { checksHealth, isPrepared, type Plan } from './plan.ts';
import type { Resume, State, StepFailure } from './state.ts';
import {
  afterRetention,
  block,
  broken,
  cleaned,
  closeStep,
  doubted,
  drift,
  ended,
  enter,
  giveUp,
  note,
  saw,
  scaled,
  spread,
  usersBack,
  withPending,
} from './transitions.ts';

export function failed(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const { step } = state;
  const { message } = failure;
  const here = failure.found ? saw(state, failure.found, at) : state;
  switch (step.name) {
    case 'observe':
    case 'drain-idle':
    case 'attach':
    case 'deploy':
    case 'await-ready':
    case 'scale-new':
    case 'test':
    case 'warm-up':
    case 'await-approval':
    case 'await-window':
      return giveUp(here, at, 'failed', `${step.name}: ${message}`);
    case 'switch':
      if (failure.type === 'Drift' && failure.found) return block(here, at, drift(failure.found), 'switch');
      if (failure.type === 'TargetNotReady') return notReady(plan, here, failure, at);
      return enter(closeStep(here, at, 'failed', message), at, { name: 'read-back', failure: message });
    case 'read-back':
      return block(
        here,
        at,
        { kind: 'unknown', message: `whether the switch happened is not known: ${step.failure}; ${message}` },
        'switch',
      );
    case 'confirm':
      return broken(here, at, `the switch could not be confirmed: ${message}`, 'confirm');
    case 'monitor':
      return block(here, at, { kind: 'inconclusive', message: `the window could not be watched: ${message}` }, 'monitor');
    case 'spread':
    case 'spread-back':
      // The confirmation finds out what users get.
      return spread(plan, note(closeStep(here, at, 'failed', message), at, 'the switch may not be everywhere', 'cutover', message), at);
    case 'scale-up':
    case 'revive':
    case 'attach-back':
    case 'await-back':
    case 'switch-back':
    case 'confirm-back':
      return wayBackFailed(plan, here, failure, at);
    case 'adopt':
    case 'restore':
    case 'look-again':
      return block(here, at, { ...step.problem, message: `${message}; ${step.problem.message}` }, step.resume);
    default:
      return cleanUpFailed(plan, here, failure, at);
  }
}

/**
 * What was ready when it was tested is not any more, or is not enough for the users that there are now (an approval can take hours):
 * made as many as are live, awaited once more, then given up.
 */
function notReady(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const { message } = failure;
  if (!checksHealth(plan) || (state.unready ?? 0) > 0) return giveUp(state, at, 'failed', message);
  const { asked, more } = asMany(closeStep({ ...state, unready: 1 }, at, 'failed', message), failure);
  const waits = note(asked, at, 'waits until it is ready again', 'cutover', message);
  return enter(waits, at, more ? { name: 'scale-new' } : { name: 'await-ready', then: 'switch' });
}

/** The live color may have become larger since this began. */
function asMany(state: State, { wanted = 0 }: StepFailure): { asked: State; more: boolean } {
  const { from } = state;
  if (from === null || wanted <= from.capacity) return { asked: state, more: false };
  return { asked: { ...state, from: { ...from, capacity: wanted } }, more: true };
}

function wayBackFailed(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const failed = closeStep(state, at, 'failed', failure.message);
  const where: Resume = state.step.name === 'confirm-back' ? 'confirm-back' : 'switch-back';
  if (failure.type === 'Drift' && failure.found) return block(failed, at, drift(failure.found), where);
  if (failure.type === 'ColorIsLive')
    return usersBack(plan, withPending(note(failed, at, 'somebody was faster', 'cutover', failure.message), undefined), at);
  const isOnOld = state.liveColor === state.from?.color;
  // Whoever users are on already need not be ready for them: the switch reads first.
  if (failure.type === 'TargetNotReady' && state.step.name === 'await-back' && isOnOld) return enter(failed, at, { name: 'switch-back' });
  const tried = state.unready ?? 0;
  const canWait = checksHealth(plan) && !state.forced && tried === 0 && !isHopeless(plan, state, failure);
  if (failure.type === 'TargetNotReady' && canWait) return makeReady(plan, failed, failure, at);
  // The old color cannot take users as it is: it is brought up anew, once.
  const canRevive = tried < 2 && !isOnOld && !['revive', 'confirm-back'].includes(state.step.name) && state.from?.version != null;
  if (canRevive && (failure.type === 'TargetNotReady' || state.step.name === 'scale-up')) {
    const revived = note({ ...failed, unready: 2 }, at, `brings ${state.from?.version} up again`, 'cutover', failure.message);
    return enter(revived, at, { name: 'revive' });
  }
  const message = `the way back to ${state.from?.version ?? state.from?.color} is blocked: ${failure.message}`;
  return block(failed, at, { kind: 'way-back', message }, where);
}

/**
 * Somebody says `now`, and nothing of it is ready: it is not waited for whether that mends itself. Where the router has to be told of
 * a color first, none healthy may only mean that nobody checks.
 */
const isHopeless = (plan: Plan, { semantics, hurried, from }: State, { healthy }: StepFailure): boolean =>
  semantics >= 2 && hurried && healthy === 0 && !isPrepared(plan) && from?.version != null;

/** It runs, but the router does not see as many of it ready as users need: as many as there are now, and checked by the router. */
function makeReady(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const { asked, more } = asMany({ ...state, unready: 1 }, failure);
  return enter(note(asked, at, 'makes it ready', 'cutover', failure.message), at, {
    name: more ? 'scale-up' : isPrepared(plan) ? 'attach-back' : 'await-back',
  });
}

/**
 * The outcome stands: what could not be cleaned up is said, and does not hold up the next deployment. A color that could
 * not be drained stays as it is: the next deployment drains it before it takes it over.
 */
function cleanUpFailed(plan: Plan, state: State, { type, message, found }: StepFailure, at: number): State {
  if ((type === 'ColorIsLive' || type === 'Drift') && found) {
    const ofOld = state.outcome === 'succeeded';
    const where: Resume = ofOld ? 'drain-old' : state.from === null ? 'drain-new' : 'switch-back';
    return block(closeStep(doubted(state), at, 'failed', message), at, drift(found), where);
  }
  const said = note(closeStep(state, at, 'failed', message), at, `${state.step.name} failed`, 'cutover', message);
  switch (state.step.name) {
    case 'scale-down':
      // It may have happened: whoever comes back asks for the capacity again.
      return scaled(plan, said, at);
    case 'retain':
      return afterRetention(plan, said, at);
    case 'make-whole':
      return enter(said, at, { name: 'drain-new' });
    case 'remove-old':
    case 'remove-new':
      return cleaned(plan, said, at);
    default:
      return ended(said, at);
  }
}
