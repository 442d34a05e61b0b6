/**
 * The actions of a listener or a rule, as the API answers with them and takes them. One forward has three shapes: a target
 * group's ARN, a ForwardConfig, or both (which is how AWS describes every forward to a single group). All pure.
 */
import type { Action, TargetGroupStickinessConfig } from '@aws-sdk/client-elastic-load-balancing-v2';

/** A target group in a forward. Without `weight` nobody wrote one; it then counts as 1. */
export interface Group {
  arn: string;
  weight?: number;
}

export interface Forward {
  form: 'arn' | 'config' | 'both';
  groups: Group[];
  stickiness?: TargetGroupStickinessConfig;
}

export const weightOf = ({ weight }: Group): number => weight ?? 1;

/** Those that can end a request; before them come logins and the like (authenticate-oidc, jwt-validation). */
const TERMINAL = new Set<string | undefined>(['forward', 'redirect', 'fixed-response']);

export const terminalsOf = (actions: readonly Action[]): Action[] => actions.filter(({ Type }) => TERMINAL.has(Type));

/** The forward that requests end with; null where they end otherwise. */
export function forwardOf(actions: readonly Action[]): Forward | null {
  const [terminal, ...others] = terminalsOf(actions);
  if (terminal?.Type !== 'forward' || others.length > 0) return null;
  const { TargetGroupArn: single, ForwardConfig: config } = terminal;
  const listed = (config?.TargetGroups ?? []).flatMap(({ TargetGroupArn: arn, Weight: weight }) =>
    arn === undefined ? [] : [{ arn, ...(weight !== undefined && { weight }) }],
  );
  const stickiness = config?.TargetGroupStickinessConfig;
  if (listed.length > 0) return { form: single === undefined ? 'config' : 'both', groups: listed, ...(stickiness && { stickiness }) };
  return single === undefined ? null : { form: 'arn', groups: [{ arn: single }], ...(stickiness && { stickiness }) };
}

/** The same actions, in their order and with all their fields, but for what ends a request: that is `forward` now. */
export function withForward(actions: readonly Action[], forward: Forward): Action[] {
  const terminals = terminalsOf(actions);
  if (terminals.length === 0) return [...actions.map(resent), { Type: 'forward', ...shapeOf(forward) }];
  return actions.flatMap((action): Action[] => {
    if (action === terminals[0])
      return [{ Type: 'forward', ...(action.Order !== undefined && { Order: action.Order }), ...shapeOf(forward) }];
    return terminals.includes(action) ? [] : [resent(action)];
  });
}

function shapeOf({ form, groups, stickiness }: Forward): Pick<Action, 'TargetGroupArn' | 'ForwardConfig'> {
  const [first, ...others] = groups;
  const single = others.length === 0 ? first : undefined;
  if (single && form === 'arn' && !isConfigured(stickiness)) return { TargetGroupArn: single.arn };
  const TargetGroups = groups.map((group) => ({
    TargetGroupArn: group.arn,
    ...((!single || group.weight !== undefined) && { Weight: weightOf(group) }),
  }));
  const ForwardConfig = { TargetGroups, ...(stickiness && { TargetGroupStickinessConfig: stickiness }) };
  return single && form === 'both' ? { TargetGroupArn: single.arn, ForwardConfig } : { ForwardConfig };
}

const isConfigured = (stickiness: TargetGroupStickinessConfig | undefined): boolean =>
  stickiness !== undefined && (stickiness.Enabled === true || stickiness.DurationSeconds !== undefined);

/** AWS does not tell a client's secret: what was read without it is sent back with the wish to keep it. */
function resent(action: Action): Action {
  const oidc = action.AuthenticateOidcConfig;
  if (!oidc || oidc.ClientSecret) return action;
  return { ...action, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } };
}

/** Whether a write of `b` where `a` stands would change nothing. The order of the groups means nothing. */
export const sameForward = (a: Forward, b: Forward): boolean => JSON.stringify(shapeOf(sorted(a))) === JSON.stringify(shapeOf(sorted(b)));

const sorted = (forward: Forward): Forward => ({ ...forward, groups: [...forward.groups].sort((a, b) => (a.arn < b.arn ? -1 : 1)) });
