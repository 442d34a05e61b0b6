/**
 * All that a client needs to talk to a service's workflow: ids, names, payloads, the status document.
 * No value import at all, so that a client loads nothing for it. The names are public (they are sent by other programs).
 */
import type { QueryDefinition, UpdateDefinition } from '@temporalio/common';
import type { Color, Concurrency, Plan } from './core/plan.ts';

export const TASK_QUEUE = 'cutover';
export const WORKFLOW_TYPE = 'blueGreenDeployment';
/** A short read-only workflow for `plan` and `status --live`: what the router and both colors say now. */
export const OBSERVE_WORKFLOW_TYPE = 'observeService';
export const workflowId = (service: string): string => `cutover/${service}`;

export const SEARCH_ATTRIBUTES = ['CutoverService', 'CutoverVersion', 'CutoverColor', 'CutoverPhase', 'CutoverOutcome'] as const;

export type Phase =
  | 'queued'
  | 'deploying'
  | 'testing'
  | 'awaiting-approval'
  | 'awaiting-window'
  | 'switching'
  | 'monitoring'
  | 'retaining'
  | 'decommissioning'
  | 'ended'
  | 'rolling-back'
  | 'needs-intervention';

export const PHASES: readonly Phase[] = [
  'queued',
  'deploying',
  'testing',
  'awaiting-approval',
  'awaiting-window',
  'switching',
  'monitoring',
  'retaining',
  'decommissioning',
  'ended',
  'rolling-back',
  'needs-intervention',
];

export type Outcome = 'succeeded' | 'rejected' | 'aborted' | 'superseded' | 'failed' | 'rolled-back';

export type StepState = 'running' | 'done' | 'failed' | 'skipped';

export interface StepStatus {
  name: string;
  state: StepState;
  startedAt: string;
  endedAt: string | null;
  detail: string | null;
}

export interface SmokeTestStatus {
  name: string;
  passed: boolean;
  detail: string;
  durationMs: number;
}

export interface CheckStatus {
  name: string;
  /** The last value, null when the last sample had no data. */
  value: number | null;
  max?: number;
  min?: number;
  /** Samples with data; failed ones; ones without data. */
  samples: number;
  failures: number;
  noData: number;
  /** The newest values, oldest first (null: no data), at most 60. */
  values: (number | null)[];
  /** Why the last sample had no data, where the source said so. */
  detail: string | null;
}

export interface QueuedStatus {
  deploymentId: string;
  version: string;
  requestedBy: string;
}

export interface DecisionStatus {
  action: string;
  by: string;
  at: string;
  reason: string | null;
}

/** `status SERVICE -o json`, and the answer of the query `status`. */
export interface StatusDocument {
  service: string;
  deploymentId: string;
  kind: 'deployment' | 'rollback';
  version: string;
  previousVersion: string | null;
  color: Color | null;
  previousColor: Color | null;
  liveColor: Color | null;
  phase: Phase;
  outcome: Outcome | null;
  reason: string | null;
  startedAt: string;
  switchedAt: string | null;
  endedAt: string | null;
  steps: StepStatus[];
  smokeTests: SmokeTestStatus[];
  monitor: { endsAt: string; checks: CheckStatus[] } | null;
  /** Until when this phase lasts where a time is known: approval, window, retention. */
  until: string | null;
  queue: QueuedStatus[];
  requestedBy: string;
  decisions: DecisionStatus[];
  /** What a person can do now: the decisions that would not be refused. */
  actions: string[];
}

/** One line of the trail: who did what, when, and why. `by` is 'cutover' for what it did itself. */
export interface TrailEntry {
  at: string;
  by: string;
  what: string;
  reason: string | null;
}

/** A past deployment, as the record keeps it. */
export interface PastDeployment {
  requestId: string;
  status: StatusDocument;
  trail: TrailEntry[];
}

/** Asks for a deployment. `requestId` makes it idempotent: the same id is answered with the deployment it started. */
export interface DeployRequest {
  requestId: string;
  plan: Plan;
  by: string;
  reason?: string | undefined;
}

export interface Submitted {
  deploymentId: string;
  /** What that deployment deploys: of a request id that is known, maybe another version than the one asked for now. */
  version: string;
  /** 'started' also when it takes over what is retained; 'existing' when the request id is known. */
  how: 'started' | 'queued' | 'existing';
  warning: string | null;
}

/** The payload of every decision: one JSON object, so that the Temporal UI can send it. */
export interface Decision {
  by: string;
  reason?: string | undefined;
  /** Makes a repeated decision one decision; without it the update's own id is used. */
  id?: string | undefined;
}
export interface ExtendDecision extends Decision {
  /** "10m", or milliseconds. */
  duration: string | number;
}
export interface RollbackDecision extends Decision {
  /** Another version than the one before. */
  to?: string | undefined;
  /** Do not wait for the old color's capacity. */
  now?: boolean | undefined;
}
export interface ResolveDecision extends Decision {
  how: 'adopt' | 'restore' | 'retry';
}

/** What a decision answers with. */
export interface Decided {
  deploymentId: string;
  phase: Phase;
  message: string;
  /** Of a rollback: the version that users leave, and the one that they go back to; null where it is not known. */
  from?: string | null;
  to?: string | null;
}

export const DECISIONS = ['approve', 'reject', 'promote', 'extend', 'rollback', 'abort', 'resolve'] as const;
export type DecisionName = (typeof DECISIONS)[number];

/** The name of a failure that an update is refused with: exit code 3. */
export const REFUSED = 'Refused';
/** The name of a failure for a payload that makes no sense: exit code 2. */
export const INVALID = 'Invalid';

export const submitUpdate = { type: 'update', name: 'submit' } as UpdateDefinition<Submitted, [DeployRequest]>;
export const forgetUpdate = { type: 'update', name: 'forget' } as UpdateDefinition<Decided, [Decision]>;
/** `deploymentId` null: the current deployment. Answers null where there is none (of that id). */
export const statusQuery = { type: 'query', name: 'status' } as QueryDefinition<StatusDocument | null, [{ deploymentId?: string }?]>;
export const historyQuery = { type: 'query', name: 'history' } as QueryDefinition<PastDeployment[], []>;
export const planQuery = { type: 'query', name: 'plan' } as QueryDefinition<Plan | null, []>;

export interface ColorObserved {
  color: Color;
  version: string | null;
  capacity: number;
  ready: number;
  detail: string | null;
}

/** What the world says now: the answer of the observe workflow. */
export interface Observed {
  at: string;
  routing: { to: Color | 'none' | 'other'; summary: string };
  blue: ColorObserved;
  green: ColorObserved;
  /** What is wrong with the set-up, where that was asked for. */
  findings?: Finding[];
}

/** What is wrong with a set-up, found by reading only. An error keeps a deployment from beginning; a warning is said by `plan`. */
export interface Finding {
  severity: 'error' | 'warning';
  /** What is wrong, with the name (ARN) of what it is wrong with. */
  message: string;
  /** One line: what to do about it. */
  cure: string;
}

export type { Color, Concurrency, Plan };
