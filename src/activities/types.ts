/** What the workflow may ask the worker to do. Plain JSON in and out; failures by the names of core/failure.ts. */

import type { SmokeTestStatus } from '../contract.ts';
import type { Sample } from '../core/gate.ts';
import type { Color, Json, Plan } from '../core/plan.ts';
import type { Routing } from '../core/routing.ts';
import type { Needs, ObservedColor } from '../core/state.ts';
import type { Finding, Notification } from '../providers/types.ts';

export interface Activities {
  /** What the router and both colors say now. A deployment (`admit`) is refused here where its set-up would make it go wrong. */
  observe(input: { plan: Plan; admit?: true }): Promise<{ routing: Routing; blue: ObservedColor; green: ObservedColor; snapshot?: Json }>;
  /** What is wrong with the set-up, found by reading. */
  inspect(input: { plan: Plan }): Promise<{ findings: Finding[] }>;
  readRouting(input: { plan: Plan }): Promise<{ routing: Routing }>;
  /** Returns when nothing is open on the color any more, or when the drain time is over. */
  drain(input: { plan: Plan; color: Color; lastSwitchAt: number | null }): Promise<{ detail: string }>;
  /** Has the router check the health of a color that gets no users. */
  attach(input: { plan: Plan; color: Color }): Promise<{ detail: string }>;
  /** Returns when the router sees as many healthy copies as it needs; gives up as TargetNotReady, with a reason for each. */
  awaitReady(input: { plan: Plan; color: Color; needs: Needs }): Promise<{ detail: string }>;
  /** Brings the plan's version up. Refuses the live color. */
  deploy(input: { plan: Plan; color: Color; capacity: number; deploymentId: string }): Promise<{ detail: string | null; ready: number }>;
  /** Runs all smoke tests at the same time, the identity test included. A failed test is a result, not a failure. */
  smokeTest(input: { plan: Plan; color: Color }): Promise<{ tests: SmokeTestStatus[] }>;
  warmUp(input: { plan: Plan; color: Color }): Promise<{ requests: number; failed: number }>;
  /** Reads, compares, writes, reads back. `expect` null overwrites anything; `minimum` ready copies must be there. */
  switchTraffic(input: {
    plan: Plan;
    to: Color;
    expect: (Color | 'none')[] | null;
    minimum: number;
    needs?: Needs;
  }): Promise<{ routing: Routing; at: number; pending?: string }>;
  /** Returns when users can have moved: the change is everywhere in the router's system, and what was handed out before has expired. */
  spread(input: { plan: Plan; since: number; pending: string | null }): Promise<{ detail: string }>;
  /** Probes the users' address until the version answers. `version` null proves health only. */
  confirm(input: { plan: Plan; version: string | null }): Promise<{ confirmed: boolean; detail: string }>;
  /** Takes `count` samples, one each interval, and returns early with one that needs a decision. */
  sample(input: SampleInput): Promise<{ samples: Sample[]; cursors: { [check: string]: Json } }>;
  /** Refuses to make the live color smaller. */
  scale(input: { plan: Plan; color: Color; capacity: number; grow: 'up' | 'down' }): Promise<void>;
  /** Refuses the live color. */
  remove(input: { plan: Plan; color: Color }): Promise<void>;
  /** Leaves the router as people write it, with `live` alone. */
  settle(input: { plan: Plan; live: Color; snapshot: Json | null }): Promise<void>;
  notify(input: { plan: Plan; notification: Notification }): Promise<void>;
}

export interface SampleInput {
  plan: Plan;
  color: Color;
  since: number;
  endsAt: number;
  count: number;
  cursors: { [check: string]: Json };
}
