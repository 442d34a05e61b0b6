/** A deployment as data: the step it is at, the facts it knows, and what can happen to it. Plain JSON, no I/O, no Temporal. */
import type { Outcome, SmokeTestStatus, StepStatus } from '../contract.ts';
import type { Sample, Tally } from './gate.ts';
import type { Color, Json } from './plan.ts';
import type { Routing } from './routing.ts';

/** Why a person is asked. The kind decides which answers make sense. */
export interface Problem {
  kind: 'drift' | 'inconclusive' | 'broken' | 'way-back' | 'unknown';
  message: string;
}

/** Where a deployment goes on when its problem is solved. */
export type Resume = 'switch' | 'confirm' | 'monitor' | 'drain-old' | 'switch-back' | 'confirm-back' | 'drain-new';

/**
 * `sampledAt`: until when the samples say something (epoch ms). `patientUntil`: the window is over, but what it needs could not
 * be read; until then it is waited for.
 */
export interface Monitoring {
  name: 'monitor';
  endsAt: number;
  sampledAt: number;
  patientUntil?: number;
}

/** A person is asked ('blocked'), or what was answered is carried out. */
export interface Asking {
  name: 'blocked' | 'adopt' | 'restore' | 'look-again';
  problem: Problem;
  resume: Resume;
}

/**
 * `await-ready` and its twin on the way back are taken where the router checks the health of its targets, `attach`, its twin and
 * `settle` where it also has to be prepared for that; `spread` where its change takes time to reach users. The plan says so.
 */
export type Step =
  // before the switch: users notice nothing
  | { name: 'observe' | 'drain-idle' | 'attach' | 'deploy' | 'test' | 'warm-up' }
  /** `then`: where it goes on. What is not ready at the switch is awaited once more. */
  | { name: 'await-ready'; then: 'test' | 'switch' }
  | { name: 'scale-new' }
  | { name: 'await-approval' | 'await-window'; until: number }
  // the switch and the window after it
  | { name: 'switch' | 'spread' | 'confirm' }
  | { name: 'read-back'; failure: string }
  | Monitoring
  // passed: the old color is insurance, then goes
  | { name: 'drain-old' | 'scale-down' | 'remove-old' }
  | { name: 'retain'; until: number }
  // the way back
  | { name: 'scale-up' | 'revive' | 'attach-back' | 'await-back' | 'switch-back' | 'spread-back' | 'confirm-back' }
  // users are back: the old color gets what it gave up while it was retained, then what is left of the attempt goes
  | { name: 'make-whole' | 'drain-new' | 'remove-new' }
  // one color is gone for good: the router is left as people write it
  | { name: 'settle' }
  | Asking
  | { name: 'ended' };

export type StepName = Step['name'];

export interface DecisionTaken {
  action: string;
  by: string;
  at: number;
  reason: string | null;
}

export interface State {
  /** By which rules of the core this goes: what its plan says. What a rule changes is asked of it, so that open runs replay. */
  semantics: number;
  deploymentId: string;
  requestId: string;
  kind: 'deployment' | 'rollback';
  version: string;
  requestedBy: string;
  startedAt: number;
  /** The number of the command that is current: the completion of any other is ignored. */
  seq: number;
  step: Step;
  /** What users were on when this began; null when nothing was live. */
  from: { color: Color; version: string | null; capacity: number } | null;
  /** The color that gets this version; known once the router was read. */
  color: Color | null;
  /** What the router said when it was last read. */
  liveColor: Color | null;
  /** The idle color was changed by this deployment, so that it has to be cleaned up when this ends before the switch. */
  touched: boolean;
  /** What the old color still has of its capacity; 0 when it is removed. */
  oldCapacity: number;
  /** Whether it has less than that is not known: making it smaller was interrupted. */
  doubtful?: true;
  /** When users were last moved by anybody (epoch ms), for drains where connections cannot be counted. */
  lastSwitchAt: number | null;
  /** What the router needs to be left as it was found; null once that is done. Absent where the router needs nothing. */
  snapshot?: Json | null;
  /** Asks whether the last switch has reached all of the router's system. */
  pending?: string;
  /** How often the way back found the old color not ready: it is scaled up, then brought up anew, then a person is asked. */
  unready?: number;
  switchedAt: number | null;
  outcome: Outcome | null;
  reason: string | null;
  endedAt: number | null;
  /** Somebody said that this rollback overwrites whatever the router says. */
  forced: boolean;
  /** The way back does not wait for capacity, one ready copy will do: an operator said `now`. */
  hurried: boolean;
  windowWaived: boolean;
  approved: boolean;
  /** The next deployment waits: no retention, only what must be finished. */
  handingOver: boolean;
  tests: SmokeTestStatus[];
  tallies: Tally[];
  cursors: { [check: string]: Json };
  monitorEndsAt: number | null;
  steps: StepStatus[];
  decisions: DecisionTaken[];
  trail: { at: string; by: string; what: string; reason: string | null }[];
}

/**
 * What a router that checks health has to say of a color before users may come: as many healthy as it wants, one, or nothing
 * that speaks against it (nobody checks the health of a color that somebody has taken out of the router).
 */
export type Needs = 'all' | 'one' | 'no-objection';

/** What the workflow is told to do. `seq` comes back with the event that ends it. */
export type Command = { seq: number } & (
  | { do: 'observe' }
  | { do: 'attach'; color: Color }
  | { do: 'await-ready'; color: Color; needs: Needs }
  | { do: 'spread'; since: number; pending: string | null }
  | { do: 'settle'; live: Color; snapshot: Json | null }
  | { do: 'drain'; color: Color; lastSwitchAt: number | null }
  | { do: 'deploy'; color: Color; version: string; capacity: number; deploymentId: string; plan: 'own' | 'previous' }
  | { do: 'test'; color: Color; version: string }
  | { do: 'warm-up'; color: Color }
  /** `expect`: the routings that may be overwritten; null is any. `minimum`: ready copies that the target must have. */
  | { do: 'switch'; to: Color; expect: (Color | 'none')[] | null; minimum: number; way: 'forward' | 'back'; needs: Needs }
  | { do: 'read' }
  | { do: 'confirm'; color: Color; version: string | null }
  | { do: 'sample'; color: Color; since: number; endsAt: number; count: number; cursors: { [check: string]: Json } }
  | { do: 'scale'; color: Color; capacity: number }
  | { do: 'remove'; color: Color }
  | { do: 'sleep'; until: number }
  | { do: 'wait' }
  | { do: 'end' }
);

export interface ObservedColor {
  version: string | null;
  capacity: number;
  ready: number;
  detail: string | null;
}

export type Result =
  | { of: 'observe'; routing: Routing; blue: ObservedColor; green: ObservedColor; snapshot?: Json }
  | { of: 'attach' | 'await-ready' | 'spread'; detail: string }
  | { of: 'drain'; detail: string }
  /** `ready`: copies that the environment saw ready. */
  | { of: 'deploy'; detail: string | null; ready?: number }
  | { of: 'test'; tests: SmokeTestStatus[] }
  | { of: 'warm-up'; requests: number; failed: number }
  | { of: 'switch'; routing: Routing; at: number; pending?: string }
  | { of: 'read'; routing: Routing }
  | { of: 'confirm'; confirmed: boolean; detail: string }
  | { of: 'sample'; samples: Sample[]; cursors: { [check: string]: Json } }
  | { of: 'scale' | 'remove' | 'settle' | 'sleep' };

export interface StepFailure {
  /** A name of core/failure.ts, or any other name for what was not foreseen. */
  type: string;
  message: string;
  /** Of a Drift: what the router says. */
  found: Routing | null;
  /** Of a TargetNotReady: how many have to be ready. */
  wanted?: number;
  /** Of a TargetNotReady: how many are. */
  healthy?: number;
}

export type Taken =
  | { name: 'approve' | 'reject' | 'promote' | 'abort' }
  | { name: 'extend'; ms: number }
  | { name: 'rollback'; to: string | null; now: boolean }
  | { name: 'resolve'; how: 'adopt' | 'restore' | 'retry' };

export type Event = { at: number } & (
  | { type: 'completed'; seq: number; result: Result }
  | { type: 'failed'; seq: number; failure: StepFailure }
  | { type: 'decided'; decision: Taken; by: string; reason: string | null }
  /** The run was cancelled (Temporal UI): gives up before the switch, goes back after it. */
  | { type: 'cancelled' }
  /** A newer deployment was asked for: ends before the switch, finishes after it. */
  | { type: 'superseded'; by: string; version: string }
  /** The next deployment is accepted and takes over what is retained. */
  | { type: 'handed-over'; version: string }
);
