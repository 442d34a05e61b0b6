/** What must hold in every transition, whatever happens: the safety rules, and what interface.md promises of phases and outcomes. */
import type { Phase } from '../../src/contract.ts';
import { otherColor, type Plan } from '../../src/core/plan.ts';
import { phaseOf } from '../../src/core/position.ts';
import type { Command, Event, State } from '../../src/core/state.ts';
import { isWrite, perform } from './perform.ts';
import { isColor, type World } from './world.ts';

/**
 * `interferences`: how often somebody else may still move users or break a color on this path.
 * `doubt`: the core knows that what it last read of the router need not be so any more.
 */
export interface Point {
  state: State;
  world: World;
  interferences: number;
  doubt: boolean;
}

/** `effect`: the command's effect took place in this transition, whatever the core heard of it. */
export interface Transition {
  plan: Plan;
  command: Command;
  effect: boolean;
  event: Event | null;
  before: Point;
  after: Point;
}

/** What is wrong with a transition, or null. */
export type Rule = (transition: Transition) => string | null;

const healthy = ({ routing, ...world }: World): boolean => isColor(routing) && world[routing].ready > 0 && world[routing].proven;

/** Rule 1. A color that dies by itself under its users is nobody's move. */
export const provenOnly: Rule = ({ command, effect, before, after }) => {
  if (!effect) return null;
  const moved = before.world.routing !== after.world.routing;
  if (moved && command.do !== 'switch') return `${command.do} moved users`;
  if ((moved || healthy(before.world)) && !healthy(after.world)) return `users are on ${after.world.routing}, which is not proven healthy`;
  return null;
};

const BEFORE: readonly Phase[] = ['queued', 'deploying', 'testing', 'awaiting-approval', 'awaiting-window'];

/** Rule 2. */
export const unnoticedBefore: Rule = ({ command, effect, before, after }) => {
  const over = before.state.outcome !== null && phaseOf(before.state) !== 'rolling-back';
  if (before.state.switchedAt !== null || !(BEFORE.includes(phaseOf(before.state)) || over) || before.state.step.name === 'restore')
    return null;
  if (command.do === 'switch') return `writes to the router while ${phaseOf(before.state)}`;
  const { routing } = before.world;
  if (!effect || !isColor(routing)) return null;
  const was = before.world[routing];
  const is = after.world[routing];
  const same = was.version === is.version && was.capacity === is.capacity && was.ready === is.ready;
  return same ? null : `${command.do} changed the color that users are on`;
};

const shrinks = (command: Command, world: World): command is Extract<Command, { do: 'deploy' | 'remove' | 'scale' }> =>
  command.do === 'remove' || command.do === 'deploy' || (command.do === 'scale' && command.capacity < world[command.color].capacity);

/** Rule 3, on what is ordered and on what happens: the guard in the activity must never be what saves users. */
export const liveOrDrainingUntouched: Rule = ({ command, effect, before }) => {
  if (!shrinks(command, before.world)) return null;
  if (command.color === before.state.liveColor && !before.doubt)
    return `orders ${command.do} of ${command.color}, which is known to be live`;
  // Users wait for the way back: what is still connected to an old color that has to be brought up anew is not waited for.
  if (command.do === 'deploy' && command.plan === 'previous') return null;
  if (effect && !before.world.unseen && before.world.routing !== command.color && before.world[command.color].leftAt !== null)
    return `${command.do} of ${command.color} before its connections are gone`;
  return null;
};

/** Rule 4. */
export const nothingUndoesRollback: Rule = ({ command, before, after }) => {
  if (phaseOf(before.state) !== 'rolling-back') return null;
  if (command.do === 'switch' && command.to === before.state.color) return 'orders the switch forward on the way back';
  const phase = phaseOf(after.state);
  if (phase === 'rolling-back' || phase === 'needs-intervention') return null;
  if (after.state.outcome !== 'rolled-back') return `leaves the way back as ${after.state.outcome} (${phase})`;
  const { routing, unseen } = after.world;
  return routing === before.state.from?.color || unseen ? null : `rolled back, and users are on ${routing}`;
};

const expectedAtEnd = ({ outcome, color, from, liveColor }: State, routing: World['routing']): boolean => {
  if (outcome === 'succeeded') return routing === color;
  if (outcome === 'rolled-back') return color !== null && routing === (from?.color ?? otherColor(color));
  // Users whom somebody else moved onto the color that failed: nothing of ours, and it is said.
  return color === null || routing !== color || liveColor === color;
};

/** Rule 5. Only what somebody else did since the core last looked can be unknown. */
export const knownOrAsked: Rule = ({ before, after }) => {
  const { state, world } = after;
  if (state.step.name === 'blocked') return state.step.problem.message === '' ? 'asks without saying what' : null;
  if (state.step.name !== 'ended' || before.state.step.name === 'ended' || world.unseen) return null;
  if (state.outcome === null) return 'ended without an outcome';
  return expectedAtEnd(state, world.routing) ? null : `ended as ${state.outcome}, and users are on ${world.routing}`;
};

const withoutClock = (world: World): string => JSON.stringify({ ...world, now: 0 });

/** Rule 6: what a worker that died had done already is done again, and nothing comes of it. */
export const resumes: Rule = ({ command, effect, event, after }) => {
  if (!effect || !isWrite(command) || event?.type !== 'completed') return null;
  const second = perform(after.world, command, 'none');
  if (second.ending.type !== 'completed') return `${command.do} done twice: ${second.ending.failure.message}`;
  return withoutClock(second.world) === withoutClock(after.world) ? null : `${command.do} done twice changes the world`;
};

export const SAFETY_RULES: readonly [string, Rule][] = [
  ['Users are always routed to one color that was proven healthy; never to none, never to an untested one', provenOnly],
  ['Before the switch nothing that users notice changes', unnoticedBefore],
  [
    'A color that receives traffic, or whose last connections are not yet gone within the drain time, is never scaled down or removed',
    liveOrDrainingUntouched,
  ],
  ['Once a rollback is decided, nothing that was in flight can undo it', nothingUndoesRollback],
  ['At every moment either the state is known and says so, or a person has been asked; nothing ends in silence', knownOrAsked],
  ['Whatever dies, the deployment resumes from where it was', resumes],
];
