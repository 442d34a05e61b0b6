/**
 * The listener that the idle color is tested through. It is pointed at the idle group, which has its health checked so, and is
 * put back when that color is given up.
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Call } from '../../types.ts';
import { type Forward, forwardOf, sameForward, withForward } from './actions.ts';
import { short } from './arns.ts';
import { type Before, forwardTo } from './changes.ts';
import type { Place } from './place.ts';
import { areOurs, type Colors, liveIn, routingOf } from './routing.ts';
import { beforeOf } from './snapshot.ts';

/** Its forward, where it goes to nobody but the two colors. */
const ownForward = (actions: readonly Action[], colors: Colors): Forward | null => {
  const forward = forwardOf(actions);
  return forward && areOurs(forward.groups, colors) ? forward : null;
};

export async function testSnapshot(call: Call, place: Place, colors: Promise<Colors>): Promise<Before | null> {
  const [actions, known] = await Promise.all([place.read(call), colors]);
  const forward = ownForward(actions, known);
  return forward && beforeOf(forward);
}

/** Resolves with what it did, in words. Throws InvalidConfiguration where the listener is somebody else's. */
export async function pointAt(call: Call, place: Place, color: Color, colors: Colors): Promise<string> {
  const actions = await place.read(call);
  const forward = ownForward(actions, colors);
  if (!forward) throw foreign(place, actions, colors);
  const name = `the test listener ${short(place.arn)}`;
  if (liveIn(forward.groups, colors) === color) return `${name} forwards to ${short(colors[color])} already`;
  await place.write(call, withForward(actions, forwardTo(colors[color], forward, weightOfFirst(forward))));
  return `${name} forwards to ${short(colors[color])}`;
}

const weightOfFirst = ({ groups }: Forward): number | undefined => groups.find(({ weight }) => weight !== undefined && weight > 0)?.weight;

function foreign(place: Place, actions: Action[], colors: Colors): Failure {
  const { summary } = routingOf(actions, colors);
  return new Failure(
    'InvalidConfiguration',
    `${place.change} on the test listener ${place.arn} was not sent: it ${summary}; let it forward to ${colors.blue} or ${colors.green}, or leave testListener out`,
  );
}

/** As it was, unless somebody has taken it over. */
export async function putBack(call: Call, place: Place, before: Before, colors: Colors): Promise<void> {
  if (!areOurs(before.groups, colors)) return;
  const actions = await place.read(call);
  const forward = ownForward(actions, colors);
  if (!forward) return;
  const wanted: Forward = { ...forward, ...before };
  if (!sameForward(forward, wanted)) await place.write(call, withForward(actions, wanted));
}
