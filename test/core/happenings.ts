/** What can happen to a deployment from outside at any moment: what people say, what other deployments say, what others do to the world. */
import { isBusy } from '../../src/core/record.ts';
import { liveColor } from '../../src/core/routing.ts';
import type { Command, Event, State, Taken } from '../../src/core/state.ts';
import { MINUTE } from './plans.ts';
import { routingSeen } from './promises.ts';
import { change, die, drift, heal, isColor, loseCapacity, noticed, type World } from './world.ts';

export const DECISIONS: readonly Taken[] = [
  { name: 'approve' },
  { name: 'reject' },
  { name: 'promote' },
  { name: 'abort' },
  { name: 'extend', ms: MINUTE },
  { name: 'rollback', to: null, now: false },
  { name: 'rollback', to: null, now: true },
  { name: 'rollback', to: 'v9', now: false },
  { name: 'resolve', how: 'adopt' },
  { name: 'resolve', how: 'restore' },
  { name: 'resolve', how: 'retry' },
];

export const labelOf = (event: Event): string => (event.type === 'decided' ? JSON.stringify(event.decision) : event.type);

/** A window may be extended without end; twice shows all there is. */
const isTooLong = ({ step }: State, decision: Taken, at: number): boolean =>
  decision.name === 'extend' && step.name === 'monitor' && step.endsAt - at > MINUTE;

export function* messages(state: State, at: number): Generator<Event> {
  for (const decision of DECISIONS) if (!isTooLong(state, decision, at)) yield { type: 'decided', decision, by: 'ann', reason: null, at };
  yield { type: 'cancelled', at };
  if (isBusy(state)) yield { type: 'superseded', by: 'bob', version: 'v3', at };
  else yield { type: 'handed-over', version: 'v3', at };
}

/** `repairs`: a person or the platform puts things right again. */
export function* deedsOfOthers(world: World): Generator<{ label: string; world: World; repairs: boolean }> {
  for (const to of ['blue', 'green', 'none', 'other'] as const)
    if (to !== world.routing) yield { label: `others route to ${to}`, world: drift(world, to), repairs: false };
  for (const color of ['blue', 'green'] as const) {
    if (world[color].ready > 0) yield { label: `${color} dies`, world: die(world, color), repairs: false };
    if (world[color].ready > 1) yield { label: `${color} loses copies`, world: loseCapacity(world, color), repairs: false };
    if (world[color].ready < world[color].capacity) yield { label: `${color} is healed`, world: heal(world, color), repairs: true };
  }
}

/** What the world is once the core has heard of it: moves by others that it could not notice do not count against it. */
export function heard(world: World, state: State, event: Event): World {
  const seen = routingSeen(event);
  if (seen === undefined) return world;
  // What a person adopts is proven by their word.
  if (state.step.name === 'adopt' && isColor(world.routing)) return noticed(change(world, world.routing, { proven: true }));
  // What users are on when a deployment begins is what it has to be able to go back to.
  if (state.step.name === 'observe' && isColor(world.routing)) return forgotten(change(world, world.routing, { proven: true }));
  if (!world.unseen) return world;
  if (liveColor(seen) !== state.liveColor) return noticed(world);
  return forgotten(world);
}

/** What others did and nobody could notice. */
const forgotten = (world: World): World => {
  if (!world.unseen) return world;
  const forget = (color: World['blue']): World['blue'] => ({ ...color, leftAt: null });
  return { ...world, unseen: false, blue: forget(world.blue), green: forget(world.green) };
};

/** After a write whose end nobody knows, what was read before it need not be so any more. */
export function doubted(doubt: boolean, command: Command, event: Event): boolean {
  if (routingSeen(event) !== undefined) return false;
  return doubt || (event.type === 'failed' && command.do === 'switch');
}
