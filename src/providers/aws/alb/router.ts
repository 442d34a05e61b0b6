/**
 * Blue-green on a listener's default action, or on one of its rules. Each color is a target group; users are where the weight is.
 *
 * A Network Load Balancer is switched the same way, with its limits: connections stay with their target until they end, what is
 * written takes a while to reach its data plane, and CloudWatch counts its flows per load balancer only, so that nothing is known
 * of what a color still gets.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failure } from '../../../core/failure.ts';
import { type Color, otherColor } from '../../../core/plan.ts';
import { type Routing, sameRouting } from '../../../core/routing.ts';
import type { Call, ProviderContext, Readiness, Router } from '../../types.ts';
import { clientOf } from '../clients.ts';
import { forwardOf, sameForward, withForward } from './actions.ts';
import { isNetwork, short } from './arns.ts';
import { attached, MAX_GROUPS, settled, switched } from './changes.ts';
import { checkedOptions } from './checkedOptions.ts';
import { countFit, readinessOf, targetHealth } from './health.ts';
import { inspect } from './inspect/inspect.ts';
import type { AlbRouterOptions } from './options.ts';
import { listenerPlace, type Place, rulePlace } from './place.ts';
import { type Reading, readingsOf } from './readings.ts';
import { recentRequests } from './requests.ts';
import { liveIn } from './routing.ts';
import { beforeOf, fromJson, toJson } from './snapshot.ts';
import { targetGroupsOf } from './targetGroups.ts';
import { pointAt, putBack, testSnapshot } from './testListener.ts';

export async function createAlbRouter(given: AlbRouterOptions, context: ProviderContext): Promise<Router> {
  const options = checkedOptions(given);
  const elb = clientOf(ElasticLoadBalancingV2Client, options);
  const place = options.rule === undefined ? listenerPlace(elb, options.listener) : rulePlace(elb, options.rule);
  const test = options.testListener === undefined ? null : listenerPlace(elb, options.testListener);
  const groups = targetGroupsOf(elb, JSON.stringify([options.region, options.assumeRole]), options.targetGroups);
  const readings = readingsOf(place, groups);

  const drift = (found: Routing, why: string) => {
    const message = `${place.change} on ${place.arn} was not sent: ${why}; found ${found.summary}; find out who changed it, put it right and try again`;
    return new Failure('Drift', message, { found });
  };

  const write: Router['write'] = async (call, { to, from }) => {
    const { actions, colors, routing } = readings.take(from) ?? (await readings.now(call));
    if (routing.to === to) return;
    if (!sameRouting(routing, from)) throw drift(routing, 'it was changed meanwhile');
    await place.write(call, withForward(actions, switched(forwardOf(actions), to, colors)));
  };

  const attach = async (call: Call, color: Color): Promise<string> => {
    // A deployment begins here: a target group may have been made again under its name since the one before.
    await groups.resolveAnew(call);
    const { actions, colors, routing } = await readings.now(call);
    requireRoom(place, actions, colors[color]);
    if (routing.to !== otherColor(color)) throw drift(routing, `${color} can be prepared only while users are on ${otherColor(color)}`);
    if (test) return pointAt(call, test, color, colors);
    const forward = forwardOf(actions)!;
    const wanted = attached(forward, colors[color]);
    if (wanted === forward) return `${short(colors[color])} is in the action of ${short(place.arn)} already`;
    await place.write(call, withForward(actions, wanted));
    return `${short(colors[color])} is in the action of ${short(place.arn)} with weight 0: its health is checked, and it gets no users`;
  };

  const ready = async (call: Call, color: Color): Promise<Readiness> => {
    const colors = await groups.resolve(call);
    const wanted = async () => options.minHealthyTargets ?? Math.max(1, countFit(await targetHealth(call, elb, colors[otherColor(color)])));
    const [targets, enough] = await Promise.all([targetHealth(call, elb, colors[color]), wanted()]);
    return readinessOf(colors[color], targets, enough);
  };

  const settle: Router['settle'] = async (call, { live, snapshot }) => {
    const { actions, colors, routing } = await readings.now(call);
    if (routing.to !== live) throw drift(routing, `it is tidied up only while users are on ${live}`);
    const before = fromJson(snapshot);
    const forward = forwardOf(actions)!;
    const wanted = settled(forward, live, colors, before.production);
    if (!sameForward(forward, wanted)) await place.write(call, withForward(actions, wanted));
    const isBack = before.production !== null && liveIn(before.production.groups, colors) === live;
    if (test && before.test && isBack) await putBack(call, test, before.test, colors);
  };

  return {
    read: async (call) => (await readings.now(call)).routing,
    write,
    attach,
    ready,
    settle,
    snapshot: async (call) => {
      const production = readings.now(call);
      const testBefore =
        test &&
        testSnapshot(
          call,
          test,
          production.then(({ colors }) => colors),
        );
      const [reading, before] = await Promise.all([production, testBefore]);
      return toJson({ production: productionBefore(reading), test: before });
    },
    recentRequests: async (call, color, since) => {
      if (isNetwork(options.listener)) return null;
      const group = (await groups.resolve(call))[color];
      return recentRequests(call, clientOf(CloudWatchClient, options), { listener: options.listener, group, since });
    },
    targets: (call) => groups.resolve(call),
    inspect: (call, depth = 'all') => inspect(call, depth, { elb, options, endpoints: context.endpoints }),
  };
}

const productionBefore = ({ actions, routing }: Reading) => {
  const forward = routing.to === 'other' ? null : forwardOf(actions);
  return forward && beforeOf(forward);
};

function requireRoom({ change, arn }: Place, actions: Reading['actions'], group: string): void {
  const groups = new Set(forwardOf(actions)?.groups.map((entry) => entry.arn));
  if (groups.size < MAX_GROUPS || groups.has(group)) return;
  const message = `${change} on ${arn} was not sent: it forwards to ${groups.size} target groups, and AWS takes no more than ${MAX_GROUPS} in one action; take out those that are not in use, so that ${group} fits in`;
  throw new Failure('InvalidConfiguration', message);
}
