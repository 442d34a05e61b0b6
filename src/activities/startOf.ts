import type { ActivityCall } from './boundary.ts';

/** A wait counts from the first attempt: a lost worker must not begin it anew. It stands as `since` in the heartbeats. */
export const startOf = (resumed: ActivityCall['resumed']): number =>
  typeof resumed === 'object' && resumed !== null && 'since' in resumed && typeof resumed.since === 'number' ? resumed.since : Date.now();
