/** What the workflow may ask the worker to do. Plain JSON in and out; failures by the names of core/failure.ts. */

import type { SmokeTestStatus } from '../contract.ts';
import type { Sample } from '../core/gate.ts';
import type { Color, Json, Plan } from '../core/plan.ts';
import type { Routing } from '../core/routing.ts';
import type { ObservedColor } from '../core/state.ts';
import type { Notification } from '../providers/types.ts';

export interface Activities {
  /** What the router and both colors say now. */
  observe(input: { plan: Plan }): Promise<{ routing: Routing; blue: ObservedColor; green: ObservedColor }>;
  readRouting(input: { plan: Plan }): Promise<{ routing: Routing }>;
  /** Returns when nothing is open on the color any more, or when the drain time is over. */
  drain(input: { plan: Plan; color: Color; lastSwitchAt: number | null }): Promise<{ detail: string }>;
  /** Brings the plan's version up. Refuses the live color. */
  deploy(input: { plan: Plan; color: Color; capacity: number; deploymentId: string }): Promise<{ detail: string | null }>;
  /** Runs all smoke tests at the same time, the identity test included. A failed test is a result, not a failure. */
  smokeTest(input: { plan: Plan; color: Color }): Promise<{ tests: SmokeTestStatus[] }>;
  warmUp(input: { plan: Plan; color: Color }): Promise<{ requests: number; failed: number }>;
  /** Reads, compares, writes, reads back. `expect` null overwrites anything; `minimum` ready copies must be there. */
  switchTraffic(input: {
    plan: Plan;
    to: Color;
    expect: (Color | 'none')[] | null;
    minimum: number;
  }): Promise<{ routing: Routing; at: number }>;
  /** Probes the users' address until the version answers. `version` null proves health only. */
  confirm(input: { plan: Plan; version: string | null }): Promise<{ confirmed: boolean; detail: string }>;
  /** Takes `count` samples, one each interval, and returns early with one that needs a decision. */
  sample(input: SampleInput): Promise<{ samples: Sample[]; cursors: { [check: string]: Json } }>;
  /** Refuses to make the live color smaller. */
  scale(input: { plan: Plan; color: Color; capacity: number; grow: 'up' | 'down' }): Promise<void>;
  /** Refuses the live color. */
  remove(input: { plan: Plan; color: Color }): Promise<void>;
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
