import type { Color } from '../../../core/plan.ts';
import type { Routing } from '../../../core/routing.ts';
import type { RouterState } from './stateFile.ts';

/** What the router is asked to do: all users to `to`, which answers at `upstream`, if the routing is still `from`. */
export interface Change {
  to: Color;
  upstream: string;
  from: Routing;
}

export const routingOf = (state: Pick<RouterState, 'live' | 'upstream'>): Routing =>
  state.live === null
    ? { to: 'none', summary: 'no version is live' }
    : { to: state.live, summary: `all users go to ${state.live} (${state.upstream})` };
