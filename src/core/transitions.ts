/** The moves that a deployment can make: each takes a state and gives the next one. */
import type { Outcome, StepState } from '../contract.ts';
import { judgeWindow, tallyOf } from './gate.ts';
import { type Color, checksHealth, isPrepared, otherColor, type Plan } from './plan.ts';
import { isGoingBack, phaseOf } from './position.ts';
import { liveColor, type Routing } from './routing.ts';
import type { Asking, Problem, Resume, State, Step } from './state.ts';
import { isOpen, opensAt } from './window.ts';

const STEPS_KEPT = 60;
const TRAIL_KEPT = 60;
const TEXT_KEPT = 600;

const iso = (at: number): string => new Date(at).toISOString();
const short = (text: string): string => (text.length > TEXT_KEPT ? `${text.slice(0, TEXT_KEPT - 1)}…` : text);

export const note = (state: State, at: number, what: string, by = 'cutover', reason: string | null = null): State => ({
  ...state,
  trail: [...state.trail, { at: iso(at), by, what: short(what), reason: reason === null ? null : short(reason) }].slice(-TRAIL_KEPT),
});

/** The line of the step under way in the status, with these changes. */
const changeLine = (state: State, changes: Partial<State['steps'][number]>): State => ({
  ...state,
  steps: state.steps.map((step, index) => (index === state.steps.length - 1 && step.endedAt === null ? { ...step, ...changes } : step)),
});

/** Ends the step's line with what came of it. */
export const closeStep = (state: State, at: number, outcome: StepState, detail: string | null = null): State =>
  changeLine(state, { state: outcome, endedAt: iso(at), ...(detail !== null && { detail: short(detail) }) });

/** What has become known of the step under way; null where there is nothing to say (any more). */
export const say = (state: State, detail: string | null): State => changeLine(state, { detail: detail === null ? null : short(detail) });

/** The router was read. Where it is not as it was, somebody has moved users, and drains begin anew. */
export function saw(state: State, routing: Routing, at: number): State {
  const live = liveColor(routing);
  return live === state.liveColor ? state : { ...state, liveColor: live, lastSwitchAt: at };
}

/** Moves to a step: a new command with a new number. */
export function enter(state: State, at: number, step: Step): State {
  const closed = closeStep(state, at, 'done');
  const line =
    step.name === 'ended' ? [] : [{ name: step.name, state: 'running' as const, startedAt: iso(at), endedAt: null, detail: null }];
  return { ...closed, seq: state.seq + 1, step, steps: [...closed.steps, ...line].slice(-STEPS_KEPT) };
}

/** Does the same step again, as a new command. */
export const again = (state: State, step: Step = state.step): State => ({ ...state, seq: state.seq + 1, step });

const settle = (state: State, at: number, outcome: Outcome, reason: string | null): State =>
  note({ ...state, outcome, reason: reason === null ? null : short(reason) }, at, `outcome: ${outcome}`, 'cutover', reason);

const end = (state: State, at: number): State => ({ ...enter(state, at, { name: 'ended' }), endedAt: at });

/** Ends before the switch: users were never touched, and what was begun on the idle color is taken away. */
export function giveUp(state: State, at: number, outcome: Outcome, reason: string): State {
  const failed = outcome === 'failed' ? closeStep(state, at, 'failed', reason) : closeStep(state, at, 'skipped', reason);
  const settled = settle(failed, at, outcome, reason);
  // Users whom somebody else moved onto it are on it all the same.
  const removable = state.touched && state.liveColor !== state.color;
  if (!removable) return end(settled, at);
  // Where a switch was tried, or somebody else moved users since this began, they may have been there for a moment.
  const tried = phaseOf(state) === 'switching' || 'problem' in state.step || (state.lastSwitchAt ?? 0) >= state.startedAt;
  return enter(settled, at, { name: tried ? 'drain-new' : 'remove-new' });
}

/** The gates between "tested" and "switched", in order. */
export function towardsSwitch(plan: Plan, state: State, at: number): State {
  const window = plan.switch.window;
  if (state.kind === 'deployment' && plan.approval.required && !state.approved)
    return enter(state, at, { name: 'await-approval', until: at + plan.approval.timeoutMs });
  if (state.kind === 'deployment' && window && !state.windowWaived && !isOpen(window, at))
    return enter(state, at, { name: 'await-window', until: opensAt(window, at) });
  return enter(state, at, { name: 'switch' });
}

export function switched(plan: Plan, state: State, at: number): State {
  const moved = note(
    { ...state, switchedAt: at, lastSwitchAt: at, liveColor: state.color },
    at,
    `users are on ${state.color} (${state.version})`,
  );
  return plan.router.spreadMs === undefined ? spread(plan, moved, at) : enter(moved, at, { name: 'spread' });
}

/** What asks whether the newest switch is everywhere; the answer of an earlier one says nothing of it. */
export const withPending = ({ pending: _, ...state }: State, pending: string | undefined): State =>
  pending === undefined ? state : { ...state, pending };

/** Where the change takes its time to reach users, it had it. */
export function spread(plan: Plan, state: State, at: number): State {
  const { confirm } = plan.switch;
  if (isGoingBack(state)) return confirm ? enter(state, at, { name: 'confirm-back' }) : returned(state, at);
  return confirm ? enter(state, at, { name: 'confirm' }) : monitor(plan, state, at);
}

/** Opens the window, or opens it anew: what was counted before is forgotten. */
export function monitor(plan: Plan, state: State, at: number): State {
  if (plan.monitor.durationMs === 0) return passed(plan, state, at, null);
  const endsAt = at + plan.monitor.durationMs;
  const fresh: State = { ...state, tallies: [], cursors: {}, monitorEndsAt: endsAt };
  return enter(fresh, at, { name: 'monitor', endsAt, sampledAt: at });
}

/** The window is over. `by` names whoever ended it early. */
export function passed(plan: Plan, state: State, at: number, by: string | null): State {
  const blind = plan.monitor.checks.filter((check) => tallyOf(state.tallies, check).samples === 0);
  const nothing = plan.monitor.durationMs > 0 && blind.length > 0;
  const reason = [
    by === null ? null : `promoted by ${by}`,
    nothing ? `no data during the whole window: ${blind.map(({ name }) => name).join(', ')}` : null,
  ].filter(Boolean);
  return finish(plan, settle(state, at, 'succeeded', reason.length > 0 ? reason.join('; ') : null), at);
}

/** After the outcome "succeeded": the old color is kept as insurance, if there is one. */
function finish(plan: Plan, state: State, at: number): State {
  if (state.from === null || state.oldCapacity === 0) return end(state, at);
  if (plan.retention.durationMs === 0 && plan.retention.then === 'keep' && plan.retention.capacity === 'keep') return end(state, at);
  return enter(state, at, { name: 'drain-old' });
}

/** What to do with the drained old color. */
export function retain(plan: Plan, state: State, at: number): State {
  const { capacity } = plan.retention;
  const stays = plan.retention.durationMs > 0 || plan.retention.then === 'keep';
  if (capacity !== 'keep' && capacity < state.oldCapacity && stays) return enter(state, at, { name: 'scale-down' });
  return retained(plan, state, at);
}

/** A color has the capacity that was asked for, or may have it. */
export function scaled(plan: Plan, state: State, at: number): State {
  if (state.step.name === 'scale-new') return enter(state, at, { name: 'await-ready', then: 'switch' });
  if (state.step.name === 'scale-up') return towardsSwitchBack(plan, whole(state), at);
  if (state.step.name === 'make-whole') return enter(whole(state), at, { name: 'drain-new' });
  const { capacity } = plan.retention;
  return retained(plan, withOld(state, capacity === 'keep' ? state.oldCapacity : capacity), at);
}

const withOld = ({ doubtful: _, ...state }: State, oldCapacity: number): State => ({ ...state, oldCapacity });

/** The old color has all that it had. */
export const whole = (state: State): State => withOld(state, state.from?.capacity ?? 1);

/** A scale-down that is interrupted has happened or not. */
export const doubted = (state: State): State =>
  state.step.name === 'scale-down' && state.semantics >= 2 ? { ...state, doubtful: true } : state;

const isSmaller = ({ doubtful, oldCapacity, from }: State): boolean => doubtful === true || oldCapacity < (from?.capacity ?? 1);

export const retained = (plan: Plan, state: State, at: number): State =>
  plan.retention.durationMs === 0
    ? afterRetention(plan, state, at)
    : enter(state, at, { name: 'retain', until: at + plan.retention.durationMs });

export const afterRetention = (plan: Plan, state: State, at: number): State =>
  plan.retention.then === 'keep' ? end(state, at) : enter(state, at, { name: 'remove-old' });

export const ended = end;

/** One color is gone for good: the router is left as people write it. */
export const cleaned = (plan: Plan, state: State, at: number): State =>
  isPrepared(plan) && state.liveColor !== null ? enter(state, at, { name: 'settle' }) : end(state, at);

/**
 * The old color has been brought up: a router that checks health has to see it before users may come. One that a person has said to
 * overwrite is written once, and not added to before.
 */
export const towardsSwitchBack = (plan: Plan, state: State, at: number): State => {
  if (state.forced || !checksHealth(plan)) return enter(state, at, { name: 'switch-back' });
  return enter(state, at, { name: isPrepared(plan) ? 'attach-back' : 'await-back' });
};

/** The window broke a bound, or users do not get the new version: back, or to a person where there is no way back. */
export function broken(state: State, at: number, reason: string, where: Resume = 'monitor'): State {
  const failed = closeStep(state, at, 'failed', reason);
  if (state.from === null)
    return block(failed, at, { kind: 'broken', message: `${reason}; nothing was live before, so there is no way back` }, where);
  return goBack(note(failed, at, 'rolls back', 'cutover', reason), at, reason);
}

/** The decision to go back, by whomever. From here on nothing that was in flight can undo it. */
export function goBack(state: State, at: number, reason: string): State {
  // A switch that is interrupted may have happened: users may have seen it.
  const switchedAt = state.switchedAt ?? at;
  const closed = closeStep(doubted(state), at, 'done');
  const back: State = { ...closed, reason: short(reason), outcome: null, endedAt: null, switchedAt, unready: 0 };
  // Where making it smaller is interrupted the capacity is asked for again, whether it happened or not.
  const small = state.step.name === 'scale-down' || isSmaller(state);
  return enter(back, at, { name: small && !state.hurried ? 'scale-up' : 'switch-back' });
}

/** The router is on the old color again. */
export function usersBack(plan: Plan, state: State, at: number): State {
  const what = `users are back on ${state.from?.color} (${state.from?.version ?? 'version unknown'})`;
  const moved = note({ ...state, lastSwitchAt: at }, at, what);
  return plan.router.spreadMs === undefined ? spread(plan, moved, at) : enter(moved, at, { name: 'spread-back' });
}

/** Users are back. What is left of the attempt is drained and removed. */
export const returned = (state: State, at: number): State => cleanUp(settle(state, at, 'rolled-back', state.reason), at);

/** Whoever did not wait for its capacity went back to a color that was made smaller while it was retained: users first get the rest of it. */
function cleanUp(state: State, at: number): State {
  const isShort = state.semantics >= 2 && state.from !== null && state.switchedAt !== null && isSmaller(state);
  return enter(state, at, { name: isShort ? 'make-whole' : 'drain-new' });
}

export const drift = (found: Routing): { kind: 'drift'; message: string } => ({
  kind: 'drift',
  message: `the router is not as this deployment left it: ${found.summary}`,
});

/** Waits for a person: the state is not known, or no automatic move is safe. */
export function block(state: State, at: number, { kind, message }: Problem, resume: Resume): State {
  const problem: Problem = { kind, message: short(message) };
  return note(enter({ ...state, unready: 0 }, at, { name: 'blocked', problem, resume }), at, 'needs a person', 'cutover', problem.message);
}

/** Goes on where a problem interrupted. */
export function resume(plan: Plan, state: State, at: number, where: Resume): State {
  if (where !== 'monitor') return enter(state, at, { name: where });
  const endsAt = state.monitorEndsAt;
  const verdicts = plan.monitor.checks.map((check) => {
    const tally = state.tallies.find(({ name }) => name === check.name);
    return tally ? judgeWindow(check, tally).is : 'pass';
  });
  // What was counted has been answered by a person: counting it again would only ask again.
  if (endsAt === null || verdicts.some((verdict) => verdict !== 'pass')) return monitor(plan, state, at);
  return enter(state, at, { name: 'monitor', endsAt: Math.max(endsAt, at + plan.monitor.intervalMs), sampledAt: at });
}

/** `resolve --adopt`: what the router says now is the truth. */
export function adopt(plan: Plan, state: State, at: number, live: Color | null): State {
  const step = state.step as Asking;
  const here: State = { ...state, liveColor: live };
  if (live !== null && live === state.color) {
    const onNew: State = { ...here, switchedAt: state.switchedAt ?? at, lastSwitchAt: at };
    return finish(plan, settle(onNew, at, 'succeeded', `adopted: ${step.problem.message}`), at);
  }
  if (live !== null && state.color !== null && live === otherColor(state.color)) {
    const settled = settle({ ...here, lastSwitchAt: at }, at, 'rolled-back', `adopted: ${step.problem.message}`);
    return state.touched ? cleanUp(settled, at) : end(settled, at);
  }
  return block(
    here,
    at,
    { kind: 'drift', message: `the router is on neither color, there is nothing to adopt; ${step.problem.message}` },
    step.resume,
  );
}
