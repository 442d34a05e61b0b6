/** What a forward becomes at each step of a deployment. Pure: forward in, forward out. */
import type { Color } from '../../../core/plan.ts';
import { type Forward, type Group, weightOf } from './actions.ts';
import { areOurs, type Colors, liveIn } from './routing.ts';

/** AWS takes no sixth target group in one action. */
export const MAX_GROUPS = 5;

/** `to` alone, with the stickiness that was there. */
export const forwardTo = (to: string, { form, stickiness }: Pick<Forward, 'form' | 'stickiness'>, weight?: number): Forward => ({
  form,
  groups: [{ arn: to, ...(weight !== undefined && { weight }) }],
  ...(stickiness && { stickiness }),
});

/**
 * All users to `to`. The old group stays with weight 0: its health is still checked, so that the way back is at once. With
 * stickiness it leaves instead, since the cookie would hold users there whatever its weight.
 * What does not forward to one of the two colors now is replaced.
 */
export function switched(forward: Forward | null, to: Color, colors: Colors): Forward {
  const live = forward && liveIn(forward.groups, colors);
  if (!forward || !live) return forwardTo(colors[to], { form: 'arn', ...(forward?.stickiness && { stickiness: forward.stickiness }) });
  if (live === to) return forward;
  const weight = weightIn(forward, colors[live]);
  if (forward.stickiness?.Enabled) return forwardTo(colors[to], forward, weight);
  const moved = forward.groups.map(({ arn }): Group => (arn === colors[to] ? { arn, weight: weight ?? 1 } : { arn, weight: 0 }));
  return { ...forward, groups: has(forward, colors[to]) ? moved : [...moved, { arn: colors[to], weight: weight ?? 1 }] };
}

/** With the group of weight 0 in it, so that its health is checked and nobody is sent there. */
export const attached = (forward: Forward, arn: string): Forward =>
  has(forward, arn)
    ? forward
    : { ...forward, groups: [...forward.groups.map((group) => ({ arn: group.arn, weight: weightOf(group) })), { arn, weight: 0 }] };

/** A forward as it was before a deployment: what `settled` goes by. */
export type Before = Pick<Forward, 'form' | 'groups'>;

/**
 * As people write it, with `live` alone; where `before` had the same color live (an abort, a rollback), as it was then. Stickiness is
 * always what stands there now.
 */
export function settled(forward: Forward, live: Color, colors: Colors, before: Before | null): Forward {
  const known = before && areOurs(before.groups, colors) ? before : null;
  if (!known)
    return forward.groups.length === 1 ? forward : forwardTo(colors[live], { ...forward, form: 'arn' }, weightIn(forward, colors[live]));
  const was = liveIn(known.groups, colors);
  if (was === live) return { ...forward, form: known.form, groups: known.groups };
  const weighted = known.form === 'arn' || was === null || weightIn(known, colors[was]) !== undefined;
  return forwardTo(colors[live], { ...forward, form: known.form }, weighted ? weightIn(forward, colors[live]) : undefined);
}

const has = ({ groups }: Before, arn: string): boolean => groups.some((group) => group.arn === arn);

/** The weight that is written for a group that gets users. */
const weightIn = ({ groups }: Before, arn: string): number | undefined =>
  groups.find((group) => group.arn === arn && weightOf(group) > 0)?.weight;
