/** What watches the new color may itself be away for a moment: that gets patience, then a person. */
import { tallyOf } from './gate.ts';
import type { Plan } from './plan.ts';
import type { Monitoring, State } from './state.ts';
import { again, note } from './transitions.ts';

const LEAST_MS = 60_000;
const MOST_MS = 10 * 60_000;
/** The window is made longer in so many steps at most: whoever reads the status sees how long it still takes. */
const STEPS = 20;

const patienceMs = (plan: Plan): number => Math.min(MOST_MS, Math.max(LEAST_MS, plan.monitor.durationMs));

/** The window has not seen enough because its sources, or the router, did not answer. More time may mend that. */
export function isOutOfSight(plan: Plan, state: State): boolean {
  if (state.liveColor !== state.color) return true;
  return plan.monitor.checks.some((check) => {
    const { samples, unmeasured } = tallyOf(state.tallies, check);
    return unmeasured > 0 && samples < Math.max(1, check.minSamples);
  });
}

/** The window goes on for a while; null when the patience is over. */
export function watchLonger(plan: Plan, state: State, step: Monitoring, at: number): State | null {
  const patientUntil = step.patientUntil ?? step.endsAt + patienceMs(plan);
  if (step.endsAt >= patientUntil) return null;
  const longer = Math.max(plan.monitor.intervalMs, patienceMs(plan) / STEPS);
  const endsAt = Math.min(Math.max(at, step.endsAt) + longer, patientUntil);
  const said = step.patientUntil === undefined ? note(state, at, 'watches longer: what it needs could not be read so far') : state;
  return again({ ...said, monitorEndsAt: endsAt }, { ...step, endsAt, patientUntil });
}
