/** What is known of a service: its current deployment, those that wait, those that were, and whom users were moved to. */
import type { PastDeployment } from '../contract.ts';
import type { Color, Plan } from './plan.ts';
import { phaseOf } from './position.ts';
import type { State } from './state.ts';

/** A deployment that was asked for and has not begun. */
export interface Request {
  deploymentId: string;
  requestId: string;
  kind: 'deployment' | 'rollback';
  plan: Plan;
  by: string;
  reason: string | null;
  at: number;
}

/** A version that users were on, with the plan that brought it there (null when cutover did not). */
export interface Live {
  version: string | null;
  plan: Plan | null;
}

/** The last move of users: what a rollback undoes. */
export interface LastSwitch {
  deploymentId: string;
  kind: 'deployment' | 'rollback';
  at: number;
  from: Live & { color: Color };
  to: Live;
  undone: boolean;
}

/** What a run carries, and hands to the next one. */
export interface Service {
  service: string;
  plan: Plan | null;
  deployment: State | null;
  /** Accepted, and begins as soon as what the current one does is finished. */
  next: Request | null;
  queue: Request[];
  record: PastDeployment[];
  live: Live | null;
  lastSwitch: LastSwitch | null;
  /** The ids of decisions that were taken: the same one twice is one. */
  seen: string[];
}

export const emptyService = (service: string): Service => ({
  service,
  plan: null,
  deployment: null,
  next: null,
  queue: [],
  record: [],
  live: null,
  lastSwitch: null,
  seen: [],
});

/** Nothing of the next deployment may begin: the outcome is open, or users are being moved, or a person is asked. */
export const isBusy = (state: State): boolean =>
  state.outcome === null || phaseOf(state) === 'needs-intervention' || phaseOf(state) === 'rolling-back';

/** Everything that has been asked for and not begun, the next one first. */
export const waiting = (service: Service): Request[] => [...(service.next ? [service.next] : []), ...service.queue];
