/** What becomes of a deployment when a command could not be carried out, after its retries. */
import type { Plan } from './plan.ts';
import type { Resume, State, StepFailure } from './state.ts';
import { afterRetention, block, broken, closeStep, drift, ended, enter, giveUp, note, saw, scaled, usersBack } from './transitions.ts';

export function failed(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const { step } = state;
  const { message } = failure;
  const here = failure.found ? saw(state, failure.found, at) : state;
  switch (step.name) {
    case 'observe':
    case 'drain-idle':
    case 'deploy':
    case 'test':
    case 'warm-up':
    case 'await-approval':
    case 'await-window':
      return giveUp(here, at, 'failed', `${step.name}: ${message}`);
    case 'switch':
      if (failure.type === 'Drift' && failure.found) return block(here, at, drift(failure.found), 'switch');
      if (failure.type === 'TargetNotReady') return giveUp(here, at, 'failed', message);
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
    case 'scale-up':
    case 'revive':
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

function wayBackFailed(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const failed = closeStep(state, at, 'failed', failure.message);
  const where: Resume = state.step.name === 'confirm-back' ? 'confirm-back' : 'switch-back';
  if (failure.type === 'Drift' && failure.found) return block(failed, at, drift(failure.found), where);
  if (failure.type === 'ColorIsLive') return usersBack(plan, note(failed, at, 'somebody was faster', 'cutover', failure.message), at);
  // The old color cannot take users as it is: it is brought up anew, once.
  const canRevive = state.step.name !== 'revive' && state.step.name !== 'confirm-back' && state.from?.version != null;
  if (canRevive && (failure.type === 'TargetNotReady' || (state.step.name === 'scale-up' && state.liveColor !== state.from?.color)))
    return enter(note(failed, at, `brings ${state.from?.version} up again`, 'cutover', failure.message), at, { name: 'revive' });
  const message = `the way back to ${state.from?.version ?? state.from?.color} is blocked: ${failure.message}`;
  return block(failed, at, { kind: 'way-back', message }, where);
}

/**
 * The outcome stands: what could not be cleaned up is said, and does not hold up the next deployment. A color that could
 * not be drained stays as it is: the next deployment drains it before it takes it over.
 */
function cleanUpFailed(plan: Plan, state: State, { type, message, found }: StepFailure, at: number): State {
  if (type === 'ColorIsLive' && found) {
    const ofOld = state.step.name === 'remove-old' || state.step.name === 'scale-down';
    const where: Resume = ofOld ? 'drain-old' : state.from === null ? 'drain-new' : 'switch-back';
    return block(closeStep(state, at, 'failed', message), at, drift(found), where);
  }
  const said = note(closeStep(state, at, 'failed', message), at, `${state.step.name} failed`, 'cutover', message);
  switch (state.step.name) {
    case 'scale-down':
      // It may have happened: whoever comes back asks for the capacity again.
      return scaled(plan, said, at);
    case 'retain':
      return afterRetention(plan, said, at);
    default:
      return ended(said, at);
  }
}
