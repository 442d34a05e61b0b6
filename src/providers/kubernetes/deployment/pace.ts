/** How often a Deployment is looked at while it changes: often at first, for a rollout of small images takes a second. */
export const PAUSES: readonly number[] = [50, 100, 100, 150, 150, 200, 200, 250, 250, 300, 300, 400, 500, 500, 750, 750, 1_000];
