import type { Color } from './plan.ts';

/**
 * What a router says now. `to` is the color that gets all users, 'none' when nobody is routed anywhere,
 * 'other' for anything else (weights, foreign targets, a rule that was changed). `summary` says it in words.
 */
export interface Routing {
  to: Color | 'none' | 'other';
  summary: string;
}

/** Marks a request of our own at the users' address (a confirmation). A router that counts users' requests leaves it out. */
export const PROBE_HEADER = 'x-cutover-probe';

export const liveColor = (routing: Routing): Color | null => (routing.to === 'blue' || routing.to === 'green' ? routing.to : null);

export const sameRouting = (a: Routing, b: Routing): boolean => a.to === b.to && (a.to !== 'other' || a.summary === b.summary);
