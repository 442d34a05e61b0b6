/** What an event makes of a deployment. Total: every event in every state gives a state. */
import { takeDecision } from './decide.ts';
import { failed } from './failed.ts';
import { count, judge, judgeWindow, type Sample, tallyOf } from './gate.ts';
import { isOutOfSight, watchLonger } from './patience.ts';
import { checksHealth, isPrepared, otherColor, type Plan } from './plan.ts';
import { canGoBack, isBeforeSwitch } from './position.ts';
import { liveColor, type Routing } from './routing.ts';
import type { Event, Monitoring, Result, Resume, State } from './state.ts';
import {
  adopt,
  afterRetention,
  again,
  block,
  broken,
  cleaned,
  closeStep,
  drift,
  ended,
  enter,
  giveUp,
  goBack,
  monitor,
  note,
  passed,
  resume,
  retain,
  returned,
  saw,
  say,
  scaled,
  spread,
  switched,
  towardsSwitch,
  towardsSwitchBack,
  usersBack,
  whole,
  withPending,
} from './transitions.ts';

export function apply(plan: Plan, state: State, event: Event): State {
  const after = applied(plan, state, event);
  return after.handingOver ? handOver(after, event.at) : after;
}

function applied(plan: Plan, state: State, event: Event): State {
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
      return isBeforeSwitch(state) && !('problem' in state.step)
        ? giveUp(
            note(state, event.at, `superseded by ${event.version}`, event.by),
            event.at,
            'superseded',
            `superseded by ${event.version}`,
          )
        : state;
    case 'handed-over':
      return note({ ...state, handingOver: true }, event.at, `hands over to ${event.version}`);
  }
}

function cancelled(state: State, at: number): State {
  const asked = note(state, at, 'the run was cancelled', 'temporal');
  if (isBeforeSwitch(state)) return giveUp(asked, at, 'aborted', 'the run was cancelled in Temporal');
  const undecided =
    state.outcome === null &&
    ['switch', 'read-back', 'spread', 'confirm', 'monitor', 'blocked', 'adopt', 'restore', 'look-again'].includes(state.step.name);
  if (undecided && canGoBack(state)) return goBack(asked, at, 'the run was cancelled in Temporal');
  return note(asked, at, 'nothing to undo: the outcome is known, or the way back is under way');
}

/** The next deployment waits: steps that only wait are ended at once, a change under way is finished first. */
function handOver(state: State, at: number): State {
  return ['drain-old', 'retain', 'drain-new'].includes(state.step.name) ? ended(state, at) : state;
}

function completed(plan: Plan, state: State, result: Result, at: number): State {
  const { step } = state;
  switch (result.of) {
    case 'observe':
      return observed(plan, state, result, at);
    case 'attach':
      return enter(closeStep(state, at, 'done', result.detail), at, { name: step.name === 'attach-back' ? 'await-back' : 'deploy' });
    case 'await-ready':
      return nowReady(plan, closeStep(state, at, 'done', result.detail), at);
    case 'drain':
      return drained(plan, closeStep(state, at, 'done', result.detail), at);
    case 'deploy':
      if (step.name === 'revive') return towardsSwitchBack(plan, whole(state), at);
      return deployed(plan, closeStep(state, at, 'done', result.detail), result.ready, at);
    case 'test':
      return tested(plan, { ...state, tests: result.tests }, at);
    case 'warm-up':
      if (result.failed === result.requests) return giveUp(state, at, 'failed', `all ${result.requests} warm-up requests failed`);
      return towardsSwitch(plan, closeStep(state, at, 'done', `${result.requests} requests, ${result.failed} failed`), at);
    case 'switch':
      return routed(plan, { ...withPending(state, result.pending), liveColor: liveColor(result.routing) }, at);
    case 'read':
      return readBack(plan, state, result.routing, at);
    case 'spread':
      return spread(plan, closeStep(state, at, 'done', result.detail), at);
    case 'confirm':
      return confirmed(plan, state, result, at);
    case 'sample':
      return sampled(plan, { ...state, cursors: result.cursors }, result.samples, at);
    case 'scale':
      return scaled(plan, state, at);
    case 'remove':
      return cleaned(plan, step.name === 'remove-old' ? { ...state, oldCapacity: 0 } : state, at);
    case 'settle':
      return ended({ ...state, snapshot: null }, at);
    case 'sleep':
      return woken(plan, state, at);
  }
}

function observed(plan: Plan, before: State, result: Extract<Result, { of: 'observe' }>, at: number): State {
  const { routing, blue, green, snapshot } = result;
  // What the deployment before could not settle is settled by this one: it saw the router as people had left it.
  const state = snapshot === undefined ? before : { ...before, snapshot: before.snapshot ?? snapshot };
  if (routing.to === 'other') return giveUp(state, at, 'failed', `the router sends users to neither blue nor green: ${routing.summary}`);
  const live = liveColor(routing);
  if (live === null) {
    const first = closeStep({ ...state, color: 'blue', liveColor: null }, at, 'done', 'nothing is live: the first deployment');
    // Somebody took the users of what still runs there away: its connections are waited for like any others.
    return blue.capacity > 0 ? enter(first, at, { name: 'drain-idle' }) : bringUp(plan, first, at);
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

/** From here on the idle color, or the router, is not as it was found. */
const bringUp = (plan: Plan, state: State, at: number): State =>
  enter({ ...state, touched: true }, at, { name: isPrepared(plan) ? 'attach' : 'deploy' });

function deployed(plan: Plan, state: State, ready: number | undefined, at: number): State {
  if (!checksHealth(plan)) return towardsTest(plan, state, at);
  const waiting = enter(state, at, { name: 'await-ready', then: 'test' });
  // The switch asks the router itself all the same.
  const isKnown = plan.router.readyWhenDeployed && ready !== undefined && ready >= Math.max(1, state.from?.capacity ?? 1);
  return isKnown ? nowReady(plan, closeStep(waiting, at, 'done', `${ready} ready`), at) : waiting;
}

function nowReady(plan: Plan, state: State, at: number): State {
  const where = state.step.name === 'await-ready' ? state.step.then : 'switch-back';
  return where === 'test' ? towardsTest(plan, state, at) : enter(state, at, { name: where });
}

function towardsTest(plan: Plan, state: State, at: number): State {
  const testing = enter(state, at, { name: 'test' });
  return plan.untested ? tested(plan, testing, at) : testing;
}

function drained(plan: Plan, state: State, at: number): State {
  switch (state.step.name) {
    case 'drain-idle':
      return bringUp(plan, state, at);
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
    case 'switch-back':
      return usersBack(plan, state, at);
    case 'restore':
      return resume(plan, note({ ...state, lastSwitchAt: at }, at, `the router is restored to ${state.liveColor}`), at, state.step.resume);
    default:
      return switched(plan, state, at);
  }
}

function readBack(plan: Plan, state: State, routing: Routing, at: number): State {
  const here = saw(state, routing, at);
  if (state.step.name === 'look-again') return lookedAgain(plan, here, state.step.resume, routing, at);
  if (state.step.name === 'adopt') return adopt(plan, here, at, here.liveColor);
  const failure = state.step.name === 'read-back' ? state.step.failure : 'the write failed';
  if (routing.to === state.color) return switched(plan, withPending(here, undefined), at);
  // Users may have been there for a moment: what is drained now is drained for its whole time.
  if (routing.to === (state.from?.color ?? 'none'))
    return giveUp({ ...here, lastSwitchAt: at }, at, 'failed', `the router was not switched: ${failure}`);
  return block(here, at, drift(routing), 'switch');
}

/** The writes compare for themselves; for everything else users have to be where this deployment left them. */
function lookedAgain(plan: Plan, state: State, where: Resume, routing: Routing, at: number): State {
  const back = where === 'confirm-back' ? routing.to === state.from?.color : routing.to === state.color;
  // Whoever adopted the other color of a first deployment has users there; after one that failed they may be anywhere but on it.
  const apart =
    state.outcome === 'rolled-back' && state.color !== null ? routing.to === otherColor(state.color) : routing.to !== state.color;
  const right = where === 'switch' || where === 'switch-back' || (where === 'drain-new' ? apart : back);
  return right ? resume(plan, { ...state, lastSwitchAt: at }, at, where) : block(state, at, drift(routing), where);
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

function sampled(plan: Plan, state: State, samples: Sample[], at: number): State {
  const step = state.step as Monitoring;
  let watched: State = { ...state, step: { ...step, sampledAt: samples.at(-1)?.at ?? at } };
  for (const sample of samples) {
    watched = tally(plan, watched, sample);
    // Copies that are not ready, say, while others are.
    if (sample.ready !== null) watched = say(watched, sample.detail);
    if (sample.routing) watched = saw(watched, sample.routing, at);
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
  const longer = isOutOfSight(plan, watched) ? watchLonger(plan, watched, watched.step as Monitoring, at) : null;
  if (longer !== null) return longer;
  if (watched.liveColor !== state.color)
    return block(watched, at, { kind: 'inconclusive', message: 'the router could not be read since it was changed' }, 'monitor');
  const verdict = worst(plan, watched, judgeWindow);
  if (verdict.is === 'inconclusive') return block(watched, at, { kind: 'inconclusive', message: verdict.reason }, 'monitor');
  return passed(plan, watched, at, null);
}

function tally(plan: Plan, state: State, sample: Sample): State {
  const tallies = plan.monitor.checks.map((check) => {
    const before = tallyOf(state.tallies, check);
    const reading = sample.checks.find(({ name }) => name === check.name);
    return reading ? count(check, before, reading) : before;
  });
  return { ...state, tallies };
}

/** The verdict that decides: one failed check is enough, then one inconclusive. */
function worst(plan: Plan, state: State, by: typeof judge): ReturnType<typeof judge> {
  const verdicts = plan.monitor.checks.map((check) => by(check, tallyOf(state.tallies, check)));
  return verdicts.find(({ is }) => is === 'fail') ?? verdicts.find(({ is }) => is === 'inconclusive') ?? { is: 'pass' };
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
