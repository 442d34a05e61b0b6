/** What an event makes of a deployment. Total: every event in every state gives a state. */
import { takeDecision } from './decide.ts';
import { count, freshTally, judge, judgeWindow, type Sample } from './gate.ts';
import { otherColor, type Plan } from './plan.ts';
import { canGoBack, isBeforeSwitch } from './position.ts';
import { liveColor, type Routing } from './routing.ts';
import type { Event, Monitoring, Result, Resume, State, StepFailure } from './state.ts';
import {
  adopt,
  afterRetention,
  again,
  block,
  broken,
  closeStep,
  ended,
  enter,
  giveUp,
  goBack,
  monitor,
  note,
  passed,
  resume,
  retain,
  retained,
  returned,
  switched,
  towardsSwitch,
} from './transitions.ts';

export function apply(plan: Plan, state: State, event: Event): State {
  switch (event.type) {
    case 'completed':
      return event.seq === state.seq ? completed(plan, state, event.result, event.at) : state;
    case 'failed':
      return event.seq === state.seq ? failed(plan, state, event.failure, event.at) : state;
    case 'decided':
      return takeDecision(plan, state, event);
    case 'cancelled':
      return cancelled(state, event.at);
    case 'superseded':
      return isBeforeSwitch(state) && state.step.name !== 'blocked'
        ? giveUp(
            note(state, event.at, `superseded by ${event.version}`, event.by),
            event.at,
            'superseded',
            `superseded by ${event.version}`,
          )
        : state;
    case 'handed-over':
      return handOver(note({ ...state, handingOver: true }, event.at, `hands over to ${event.version}`), event.at);
  }
}

function cancelled(state: State, at: number): State {
  const asked = note(state, at, 'the run was cancelled', 'temporal');
  if (isBeforeSwitch(state)) return giveUp(asked, at, 'aborted', 'the run was cancelled in Temporal');
  const undecided = state.outcome === null && ['switch', 'read-back', 'confirm', 'monitor', 'blocked'].includes(state.step.name);
  if (undecided && canGoBack(state)) return goBack(asked, at, 'the run was cancelled in Temporal');
  return note(asked, at, 'nothing to undo: the outcome is known, or the way back is under way');
}

/** Steps that only wait are ended at once; a change under way is finished first (see `completed`). */
function handOver(state: State, at: number): State {
  return ['drain-old', 'retain', 'drain-new'].includes(state.step.name) ? ended(state, at) : state;
}

function completed(plan: Plan, state: State, result: Result, at: number): State {
  const { step } = state;
  switch (result.of) {
    case 'observe':
      return observed(state, result, at);
    case 'drain':
      return drained(plan, closeStep(state, at, 'done', result.detail), at);
    case 'deploy':
      if (step.name === 'revive') return enter({ ...state, oldCapacity: state.from?.capacity ?? 1 }, at, { name: 'switch-back' });
      return enter(closeStep(state, at, 'done', result.detail), at, { name: 'test' });
    case 'test':
      return tested(plan, { ...state, tests: result.tests }, at);
    case 'warm-up':
      if (result.failed === result.requests) return giveUp(state, at, 'failed', `all ${result.requests} warm-up requests failed`);
      return towardsSwitch(plan, closeStep(state, at, 'done', `${result.requests} requests, ${result.failed} failed`), at);
    case 'switch':
      return routed(plan, { ...state, liveColor: liveColor(result.routing) }, at);
    case 'read':
      return readBack(plan, state, result.routing, at);
    case 'confirm':
      return confirmed(plan, state, result, at);
    case 'sample':
      return sampled(plan, { ...state, cursors: result.cursors }, result.samples, at);
    case 'scale':
      return scaled(plan, state, at);
    case 'remove':
      return ended(step.name === 'remove-old' ? { ...state, oldCapacity: 0 } : state, at);
    case 'sleep':
      return woken(plan, state, at);
  }
}

function observed(state: State, { routing, blue, green }: Extract<Result, { of: 'observe' }>, at: number): State {
  if (routing.to === 'other') return giveUp(state, at, 'failed', `the router sends users to neither blue nor green: ${routing.summary}`);
  const live = liveColor(routing);
  if (live === null) {
    const first = closeStep({ ...state, color: 'blue', liveColor: null }, at, 'done', 'nothing is live: the first deployment');
    return enter({ ...first, touched: true }, at, { name: 'deploy' });
  }
  const old = live === 'blue' ? blue : green;
  const capacity = Math.max(1, old.capacity);
  const known = {
    ...state,
    from: { color: live, version: old.version, capacity },
    color: otherColor(live),
    liveColor: live,
    oldCapacity: capacity,
  };
  return enter(closeStep(known, at, 'done', `${live} is live${old.version ? ` with ${old.version}` : ''}`), at, { name: 'drain-idle' });
}

function drained(plan: Plan, state: State, at: number): State {
  switch (state.step.name) {
    case 'drain-idle':
      return enter({ ...state, touched: true }, at, { name: 'deploy' });
    case 'drain-old':
      return retain(plan, state, at);
    default:
      return enter(state, at, { name: 'remove-new' });
  }
}

function tested(plan: Plan, state: State, at: number): State {
  const failures = state.tests.filter(({ passed: fine }) => !fine);
  if (failures.length > 0)
    return giveUp(state, at, 'failed', failures.map(({ name, detail }) => `smoke test ${name}: ${detail}`).join('; '));
  const done = closeStep(state, at, 'done', `${state.tests.length} passed`);
  return plan.warmup ? enter(done, at, { name: 'warm-up' }) : towardsSwitch(plan, done, at);
}

function routed(plan: Plan, state: State, at: number): State {
  switch (state.step.name) {
    case 'switch-back': {
      const moved = note(
        { ...state, lastSwitchAt: at },
        at,
        `users are back on ${state.from?.color} (${state.from?.version ?? 'version unknown'})`,
      );
      return plan.switch.confirm ? enter(moved, at, { name: 'confirm-back' }) : returned(moved, at);
    }
    case 'restore':
      return resume(plan, note(state, at, `the router is restored to ${state.liveColor}`), at, state.step.resume);
    default:
      return switched(plan, state, at);
  }
}

function readBack(plan: Plan, state: State, routing: Routing, at: number): State {
  const here: State = { ...state, liveColor: liveColor(routing) };
  if (state.step.name === 'adopt') return adopt(plan, state, at, liveColor(routing));
  const failure = state.step.name === 'read-back' ? state.step.failure : 'the write failed';
  if (routing.to === state.color) return switched(plan, here, at);
  if (routing.to === (state.from?.color ?? 'none')) return giveUp(here, at, 'failed', `the router was not switched: ${failure}`);
  return block(here, at, drift(routing), 'switch');
}

function confirmed(plan: Plan, state: State, { confirmed: fine, detail }: Extract<Result, { of: 'confirm' }>, at: number): State {
  const back = state.step.name === 'confirm-back';
  if (fine) {
    const sure = closeStep(state, at, 'done', detail);
    return back ? returned(sure, at) : monitor(plan, sure, at);
  }
  if (!back) return broken(state, at, `the switch was not confirmed: ${detail}`, 'confirm');
  const message = `the router is back on ${state.from?.color}, but that was not confirmed: ${detail}`;
  return block(closeStep(state, at, 'failed', detail), at, { kind: 'way-back', message }, 'confirm-back');
}

const drift = (found: Routing): { kind: 'drift'; message: string } => ({
  kind: 'drift',
  message: `the router is not as this deployment left it: ${found.summary}`,
});

function sampled(plan: Plan, state: State, samples: Sample[], at: number): State {
  const step = state.step as Monitoring;
  let watched: State = { ...state, step: { ...step, sampledAt: samples.at(-1)?.at ?? at } };
  for (const sample of samples) {
    watched = tally(plan, watched, sample);
    if (sample.routing) watched = { ...watched, liveColor: liveColor(sample.routing) };
    if (sample.routing && sample.routing.to !== state.color) return block(watched, at, drift(sample.routing), 'monitor');
    if (sample.ready === 0)
      return broken(
        watched,
        at,
        `nothing of ${state.color} (${state.version}) is ready any more${sample.detail ? `: ${sample.detail}` : ''}`,
      );
    const verdict = worst(plan, watched, judge);
    if (verdict.is === 'fail') return broken(watched, at, verdict.reason);
    if (verdict.is === 'inconclusive') return block(watched, at, { kind: 'inconclusive', message: verdict.reason }, 'monitor');
  }
  if (Math.max(at, samples.at(-1)?.at ?? at) < step.endsAt) return again(watched);
  const verdict = worst(plan, watched, judgeWindow);
  if (verdict.is === 'inconclusive') return block(watched, at, { kind: 'inconclusive', message: verdict.reason }, 'monitor');
  return passed(plan, watched, at, null);
}

function tally(plan: Plan, state: State, sample: Sample): State {
  const tallies = plan.monitor.checks.map((check) => {
    const before = state.tallies.find(({ name }) => name === check.name) ?? freshTally(check);
    const reading = sample.checks.find(({ name }) => name === check.name);
    return reading ? count(check, before, reading) : before;
  });
  return { ...state, tallies };
}

/** The verdict that decides: one failed check is enough, then one inconclusive. */
function worst(plan: Plan, state: State, by: typeof judge): ReturnType<typeof judge> {
  const verdicts = plan.monitor.checks.map((check) =>
    by(check, state.tallies.find(({ name }) => name === check.name) ?? freshTally(check)),
  );
  return verdicts.find(({ is }) => is === 'fail') ?? verdicts.find(({ is }) => is === 'inconclusive') ?? { is: 'pass' };
}

function scaled(plan: Plan, state: State, at: number): State {
  if (state.step.name === 'scale-up') return enter({ ...state, oldCapacity: state.from?.capacity ?? 1 }, at, { name: 'switch-back' });
  const { capacity } = plan.retention;
  const smaller = { ...state, oldCapacity: capacity === 'keep' ? state.oldCapacity : capacity };
  return state.handingOver ? ended(smaller, at) : retained(plan, smaller, at);
}

function woken(plan: Plan, state: State, at: number): State {
  switch (state.step.name) {
    case 'await-approval': {
      if (plan.approval.onTimeout === 'reject') return giveUp(state, at, 'rejected', 'nobody approved it in time');
      return towardsSwitch(plan, note({ ...state, approved: true }, at, 'approved because nobody answered in time'), at);
    }
    case 'retain':
      return afterRetention(plan, state, at);
    default:
      return towardsSwitch(plan, state, at);
  }
}

/** A command that could not be carried out, after its retries. */
function failed(plan: Plan, state: State, failure: StepFailure, at: number): State {
  const { step } = state;
  const { message } = failure;
  const here: State = failure.found ? { ...state, liveColor: liveColor(failure.found) } : state;
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
      if (failure.type === 'TargetNotReady' || failure.type === 'PermissionDenied') return giveUp(here, at, 'failed', message);
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
      return wayBackFailed(here, failure, at);
    case 'adopt':
    case 'restore':
      return block(here, at, { ...step.problem, message: `${message}; ${step.problem.message}` }, step.resume);
    default:
      return cleanUpFailed(plan, here, failure, at);
  }
}

function wayBackFailed(state: State, failure: StepFailure, at: number): State {
  const failed = closeStep(state, at, 'failed', failure.message);
  const where: Resume = state.step.name === 'confirm-back' ? 'confirm-back' : 'switch-back';
  if (failure.type === 'Drift' && failure.found) return block(failed, at, drift(failure.found), where);
  // The old color cannot take users as it is: it is brought up anew, once.
  const canRevive = state.step.name !== 'revive' && state.step.name !== 'confirm-back' && state.from?.version != null;
  if (canRevive && (failure.type === 'TargetNotReady' || state.step.name === 'scale-up'))
    return enter(note(failed, at, `brings ${state.from?.version} up again`, 'cutover', failure.message), at, { name: 'revive' });
  const message = `the way back to ${state.from?.version ?? state.from?.color} is blocked: ${failure.message}`;
  return block(failed, at, { kind: 'way-back', message }, where);
}

/** The outcome stands: what could not be cleaned up is said, and does not hold up the next deployment. */
function cleanUpFailed(plan: Plan, state: State, { type, message, found }: StepFailure, at: number): State {
  if (type === 'ColorIsLive' && found) {
    const ofOld = state.step.name === 'remove-old' || state.step.name === 'scale-down';
    return block(closeStep(state, at, 'failed', message), at, drift(found), ofOld ? 'drain-old' : 'switch-back');
  }
  const said = note(closeStep(state, at, 'failed', message), at, `${state.step.name} failed`, 'cutover', message);
  switch (state.step.name) {
    case 'drain-old':
      return retain(plan, said, at);
    case 'scale-down':
      return state.handingOver ? ended(said, at) : retained(plan, said, at);
    case 'drain-new':
      return enter(said, at, { name: 'remove-new' });
    case 'retain':
      return afterRetention(plan, said, at);
    default:
      return ended(said, at);
  }
}
