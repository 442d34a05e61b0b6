/** What to do next, as a pure function of where a deployment is. */
import { type Color, otherColor, type Plan } from './plan.ts';
import type { Command, Monitoring, Needs, State, Step } from './state.ts';

/** A window of any length is watched in about this many batches of samples, so that its history stays small. */
const BATCHES = 60;

/** Which color the router has to be on before the step that was interrupted. */
export const expectedColor = (state: State): Color | 'none' => {
  if (state.switchedAt === null) return state.from?.color ?? 'none';
  return state.color ?? 'none';
};

export function next(plan: Plan, state: State): Command {
  return { seq: state.seq, ...commandOf(plan, state, state.step) } as Command;
}

/** Somebody who says `now` does without some copies; who overwrites a drift goes back to a color that nobody may be checking. */
const needsOnWayBack = ({ forced, hurried }: State): Needs => (forced ? 'no-objection' : hurried ? 'one' : 'all');

type Unnumbered = Command extends infer C ? (C extends unknown ? Omit<C, 'seq'> : never) : never;

function commandOf(plan: Plan, state: State, step: Step): Unnumbered {
  const color = state.color ?? 'blue';
  const old = state.from?.color ?? otherColor(color);
  const capacity = Math.max(1, state.from?.capacity ?? 1);
  const { version, deploymentId, lastSwitchAt } = state;
  switch (step.name) {
    case 'observe':
      return { do: 'observe' };
    case 'drain-idle':
    case 'drain-new':
      return { do: 'drain', color, lastSwitchAt };
    case 'drain-old':
      return { do: 'drain', color: old, lastSwitchAt };
    case 'attach':
      return { do: 'attach', color };
    case 'attach-back':
      return { do: 'attach', color: old };
    case 'await-ready':
      return { do: 'await-ready', color, needs: 'all' };
    case 'await-back':
      return { do: 'await-ready', color: old, needs: needsOnWayBack(state) };
    case 'deploy':
      return { do: 'deploy', color, version, capacity, deploymentId, plan: 'own' };
    case 'test':
      return { do: 'test', color, version };
    case 'warm-up':
      return { do: 'warm-up', color };
    case 'await-approval':
    case 'await-window':
    case 'retain':
      return { do: 'sleep', until: step.until };
    case 'switch':
      return { do: 'switch', to: color, expect: [state.from?.color ?? 'none'], minimum: capacity, way: 'forward', needs: 'all' };
    case 'read-back':
    case 'adopt':
    case 'look-again':
      return { do: 'read' };
    case 'spread':
    case 'spread-back':
      return { do: 'spread', since: lastSwitchAt ?? state.startedAt, pending: state.pending ?? null };
    case 'confirm':
      return { do: 'confirm', color, version };
    case 'monitor':
      return sample(plan, state, step);
    case 'scale-down':
      return { do: 'scale', color: old, capacity: plan.retention.capacity === 'keep' ? capacity : plan.retention.capacity };
    case 'scale-new':
      return { do: 'scale', color, capacity };
    case 'scale-up':
    case 'make-whole':
      return { do: 'scale', color: old, capacity };
    case 'revive':
      return {
        do: 'deploy',
        color: old,
        version: state.from?.version ?? '',
        capacity,
        deploymentId: `${deploymentId}/back`,
        plan: 'previous',
      };
    case 'switch-back':
      // An interrupted forward write may or may not have happened: both routings are ours.
      return {
        do: 'switch',
        to: old,
        expect: state.forced ? null : [color, old],
        minimum: 1,
        way: 'back',
        needs: needsOnWayBack(state),
      };
    case 'confirm-back':
      return { do: 'confirm', color: old, version: state.from?.version ?? null };
    case 'remove-old':
      return { do: 'remove', color: old };
    case 'remove-new':
      return { do: 'remove', color };
    case 'restore': {
      const expected = expectedColor(state);
      return { do: 'switch', to: expected === 'none' ? color : expected, expect: null, minimum: 1, way: 'back', needs: 'no-objection' };
    }
    case 'settle':
      return { do: 'settle', live: state.liveColor ?? old, snapshot: state.snapshot ?? null };
    case 'blocked':
      return { do: 'wait' };
    case 'ended':
      return { do: 'end' };
  }
}

function sample(plan: Plan, state: State, step: Monitoring): Unnumbered {
  const { durationMs, intervalMs } = plan.monitor;
  const whole = Math.max(durationMs, step.endsAt - (state.switchedAt ?? step.endsAt));
  const left = Math.max(1, Math.ceil((step.endsAt - step.sampledAt) / intervalMs));
  const count = Math.min(left, Math.max(1, Math.ceil(whole / intervalMs / BATCHES)));
  return { do: 'sample', color: state.color ?? 'blue', since: step.sampledAt, endsAt: step.endsAt, count, cursors: state.cursors };
}
