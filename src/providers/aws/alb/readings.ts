/** Reading the production actions, and whom they send users to. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Routing } from '../../../core/routing.ts';
import { Readings } from '../../readings.ts';
import type { Call } from '../../types.ts';
import type { Place } from './place.ts';
import { type Colors, routingOf } from './routing.ts';
import type { TargetGroups } from './targetGroups.ts';

/** Everything that one look at the router says. */
export interface Reading {
  actions: Action[];
  colors: Colors;
  routing: Routing;
}

export function readingsOf(place: Place, groups: TargetGroups): Readings<Reading> {
  const understood = (actions: Action[], colors: Colors): Reading => {
    const { to, summary } = routingOf(actions, colors);
    // Whoever reads of it in an error or in the status has to know where it stands.
    return { actions, colors, routing: { to, summary: `${place.arn} ${summary}` } };
  };
  return new Readings(async (call: Call) => {
    const [actions, colors] = await Promise.all([place.read(call), groups.resolve(call)]);
    const reading = understood(actions, colors);
    if (reading.routing.to !== 'other' || !groups.named) return reading;
    return understood(actions, await groups.resolveAnew(call));
  });
}
