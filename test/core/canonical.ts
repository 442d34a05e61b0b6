/** When two points are the same: all that decides what can come of them, without clocks, counters and texts. */
import type { Plan } from '../../src/core/plan.ts';
import { phaseOf } from '../../src/core/position.ts';
import type { State } from '../../src/core/state.ts';
import type { Point } from './rules.ts';
import type { SimulatedColor, World } from './world.ts';

const SHORT = 'x';

/** A state without its past, so that thousands of them are small. */
export const trimmed = (state: State): State => ({
  ...state,
  seq: 1,
  step: 'problem' in state.step ? { ...state.step, problem: { ...state.step.problem, message: SHORT } } : state.step,
  steps: [],
  trail: [],
  decisions: [],
  tests: [],
  tallies: state.tallies.map((tally) => ({ ...tally, values: [], value: null, detail: null })),
});

const intervalsLeft = (until: number | null, now: number, intervalMs: number): number =>
  until === null ? -1 : Math.min(3, Math.max(0, Math.ceil((until - now) / intervalMs)));

/** Whether the drain that the core would order now waits for the connections that are open on a color. */
const connections = ({ leftAt }: SimulatedColor, lastSwitchAt: number | null): number =>
  leftAt === null ? 0 : leftAt <= (lastSwitchAt ?? 0) ? 1 : 2;

const colorKey = (color: SimulatedColor, state: State): string =>
  `${color.version}${color.capacity}${color.ready}${+color.proven}${connections(color, state.lastSwitchAt)}`;

const worldKey = (world: World, state: State): string =>
  `${world.routing}|${colorKey(world.blue, state)}|${colorKey(world.green, state)}|${+world.unseen}${world.checked ? `${+world.checked.blue}${+world.checked.green}` : ''}`;

const problemKey = ({ step }: State): string => ('problem' in step ? `${step.problem.kind}/${step.resume}` : '');

const talliesKey = ({ tallies }: State): string =>
  tallies
    .map(
      ({ samples, failures, noData, unmeasured }) => `${Math.min(2, samples)}${Math.min(2, failures)}${+(noData > 0)}${+(unmeasured > 0)}`,
    )
    .join();

function flags(state: State): string {
  const before = state.switchedAt === null && state.outcome === null;
  const back = 'problem' in state.step || phaseOf(state) === 'rolling-back';
  const gates = before && [state.windowWaived, state.approved];
  const wayBack = back && [state.forced, state.hurried];
  return [state.touched, state.handingOver, state.switchedAt !== null, ...(gates || []), ...(wayBack || [])].map(Number).join('');
}

export function keyOf(plan: Plan, { state, world, interferences, doubt }: Point): string {
  const { intervalMs } = plan.monitor;
  const { window } = plan.switch;
  const { name: step } = state.step;
  // What was counted, and until when, matters only while the window is open or may be opened again.
  const watching = step === 'monitor' || ('problem' in state.step && state.step.resume === 'monitor');
  const endsAt = state.step.name === 'monitor' ? state.step.endsAt : state.monitorEndsAt;
  const counted = watching ? `${intervalsLeft(endsAt, world.now, intervalMs)} ${talliesKey(state)}` : '';
  const open = window ? +(world.now % 86_400_000 >= Number(window.from.slice(0, 2)) * 3_600_000) : 0;
  return [
    step,
    state.step.name === 'await-ready' ? state.step.then : '',
    state.unready ?? 0,
    problemKey(state),
    state.outcome,
    state.from === null ? '-' : state.from.capacity,
    state.color,
    state.liveColor,
    state.oldCapacity,
    state.doubtful,
    flags(state),
    counted,
    open,
    interferences,
    doubt,
    worldKey(world, state),
  ].join(' ');
}
