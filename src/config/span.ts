import { duration } from './duration.ts';

/** A duration for which zero makes no sense. */
export const span = duration.refine((ms) => ms > 0, { error: 'must be longer than zero' });
