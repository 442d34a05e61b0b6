/** What is wrong with the actions of the listeners. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { COLORS } from '../../../../core/plan.ts';
import type { Finding } from '../../../types.ts';
import { type Forward, forwardOf } from '../actions.ts';
import { balancerArnOf } from '../arns.ts';
import { MAX_GROUPS } from '../changes.ts';
import { areOurs, type Colors, liveIn, routingOf } from '../routing.ts';
import type { DescribedGroup } from './describe.ts';

const error = (message: string, cure: string): Finding => ({ severity: 'error', message, cure });
const warning = (message: string, cure: string): Finding => ({ severity: 'warning', message, cure });

/** `place` is the listener's ARN, or the rule's. */
export function actionFindings(place: string, actions: readonly Action[], colors: Colors): Finding[] {
  const forward = forwardOf(actions);
  const { summary } = routingOf(actions, colors);
  if (!forward?.groups.some(({ arn }) => arn === colors.blue || arn === colors.green))
    return [
      error(`${place} forwards to neither ${colors.blue} nor ${colors.green}: it ${summary}`, 'let it forward to the color that is live'),
    ];
  const full = roomFinding(place, forward, colors);
  if (!areOurs(forward.groups, colors))
    return [error(`${place} has target groups that are neither color: it ${summary}`, 'take them out of the action'), ...full];
  if (liveIn(forward.groups, colors)) return [];
  return [error(`${place} sends users to more than one color, or to none: it ${summary}`, 'give one color all the weight and the other 0')];
}

function roomFinding(place: string, { groups }: Forward, colors: Colors): Finding[] {
  const known = new Set(groups.map(({ arn }) => arn));
  const missing = COLORS.filter((color) => !known.has(colors[color]));
  if (known.size < MAX_GROUPS || missing.length === 0) return [];
  const message = `${place} forwards to ${known.size} target groups, and AWS takes no more than ${MAX_GROUPS}: ${colors[missing[0]!]} would be one too many`;
  return [error(message, 'take out those that are not in use')];
}

export function stickinessFindings(
  place: string,
  actions: readonly Action[],
  groups: Record<'blue' | 'green', DescribedGroup>,
  testListener: string | undefined,
): Finding[] {
  const sticky = forwardOf(actions)?.stickiness?.Enabled
    ? [
        warning(
          `${place} has target group stickiness on: the old target group leaves the action at the switch, and a rollback waits until its targets are healthy again`,
          testListener === undefined
            ? 'turn target group stickiness off, or give a testListener: users with an older cookie may reach the idle color while its health is checked in the production action'
            : 'turn target group stickiness off if a rollback has to be instant',
        ),
      ]
    : [];
  return [...sticky, ...COLORS.flatMap((color) => targetStickiness(groups[color]))];
}

/** Of targets within one group, by cookie or source address. */
function targetStickiness({ arn, attributes }: DescribedGroup): Finding[] {
  if (attributes['stickiness.enabled'] !== 'true') return [];
  const message = `${arn} has stickiness on (${attributes['stickiness.type'] ?? 'of some type'}): at a switch every user gets another target, and loses what the old one remembers`;
  return [warning(message, 'keep sessions outside of the targets, or turn stickiness off')];
}

export function testListenerFindings(
  testListener: string,
  actions: readonly Action[],
  { colors, listener }: { colors: Colors; listener: string },
): Finding[] {
  if (balancerArnOf(testListener) !== balancerArnOf(listener))
    return [
      error(`the test listener ${testListener} is of another load balancer than ${listener}`, 'name a listener of the same load balancer'),
    ];
  const forward = forwardOf(actions);
  if (forward && areOurs(forward.groups, colors)) return [];
  const { summary } = routingOf(actions, colors);
  return [
    error(`the test listener ${testListener} ${summary}`, 'let it forward to one of the two target groups, or leave testListener out'),
  ];
}
