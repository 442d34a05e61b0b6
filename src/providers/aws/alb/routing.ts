/** Where the actions of a listener or a rule send users, in terms of the two colors. Pure. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS, type Color } from '../../../core/plan.ts';
import type { Routing } from '../../../core/routing.ts';
import { type Forward, forwardOf, type Group, terminalsOf, weightOf } from './actions.ts';
import { short } from './arns.ts';

/** The ARN of the target group of each color. */
export type Colors = Record<Color, string>;

/** The color that alone has weight, where no group but the two is in the forward; null otherwise. */
export function liveIn(groups: readonly Group[], colors: Colors): Color | null {
  if (!areOurs(groups, colors)) return null;
  const live = new Set(groups.filter((group) => weightOf(group) > 0).map(({ arn }) => arn));
  return live.size === 1 ? (COLORS.find((color) => live.has(colors[color])) ?? null) : null;
}

export const areOurs = (groups: readonly Group[], colors: Colors): boolean =>
  groups.every(({ arn }) => arn === colors.blue || arn === colors.green);

/** Never 'none': a listener that forwards to neither group is somebody else's, or wrong. */
export function routingOf(actions: readonly Action[], colors: Colors): Routing {
  const forward = forwardOf(actions);
  const live = forward && liveIn(forward.groups, colors);
  if (forward && live) return { to: live, summary: inWords(forward, colors) };
  return {
    to: 'other',
    summary: forward ? inWords(forward, colors) : terminalsOf(actions).map(endInWords).join(', ') || 'no action ends a request',
  };
}

function inWords({ groups }: Forward, colors: Colors): string {
  const listed = groups.map((group) => `${short(group.arn)} with weight ${weightOf(group)}${ownerOf(group, colors)}`);
  return `forwards to ${listed.join(', ')}`;
}

function ownerOf({ arn }: Group, colors: Colors): string {
  const color = COLORS.find((candidate) => colors[candidate] === arn);
  return ` (${color ?? 'neither blue nor green'})`;
}

function endInWords({ Type, FixedResponseConfig, RedirectConfig, TargetGroupArn, ForwardConfig }: Action): string {
  if (Type === 'fixed-response') return `answers ${FixedResponseConfig?.StatusCode ?? 'something'} itself (fixed-response)`;
  if (Type === 'redirect') return `redirects to ${RedirectConfig?.Protocol ?? '#{protocol}'}://${RedirectConfig?.Host ?? '#{host}'}`;
  const groups = TargetGroupArn ?? ForwardConfig?.TargetGroups?.map(({ TargetGroupArn: arn }) => arn).join(' and ');
  return `forwards to ${groups ? short(groups) : 'no target group'}`;
}
