/**
 * Reading the production actions. What a read answered with is kept with its Routing, so that a switch that follows at once
 * needs no second read; reads at the same time are one request.
 */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Routing } from '../../../core/routing.ts';
import type { Call } from '../../types.ts';
import type { Place } from './place.ts';
import { type Colors, routingOf } from './routing.ts';
import type { TargetGroups } from './targetGroups.ts';

/** Everything that one look at the router says. */
export interface Reading {
  actions: Action[];
  colors: Colors;
  routing: Routing;
}

/** A switch does not go by what it saw longer ago. */
const FRESH_MS = 5_000;

export class Readings {
  readonly #place: Place;
  readonly #groups: TargetGroups;
  readonly #fresh = new WeakMap<Routing, { reading: Reading; at: number }>();
  #underWay: Promise<Reading> | null = null;

  constructor(place: Place, groups: TargetGroups) {
    this.#place = place;
    this.#groups = groups;
  }

  /** Asks, or joins whoever asks now. */
  now(call: Call): Promise<Reading> {
    this.#underWay ??= this.#read(call).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** What was read with this routing a moment ago, once: after a write it is history. */
  take(routing: Routing): Reading | null {
    const kept = this.#fresh.get(routing);
    this.#fresh.delete(routing);
    return kept && Date.now() - kept.at <= FRESH_MS ? kept.reading : null;
  }

  async #read(call: Call): Promise<Reading> {
    const at = Date.now();
    const [actions, colors] = await Promise.all([this.#place.read(call), this.#groups.resolve(call)]);
    const reading = await this.#understood(call, actions, colors);
    this.#fresh.set(reading.routing, { reading, at });
    return reading;
  }

  async #understood(call: Call, actions: Action[], colors: Colors): Promise<Reading> {
    const routing = this.#routing(actions, colors);
    if (routing.to !== 'other' || !this.#groups.named) return { actions, colors, routing };
    const anew = await this.#groups.resolveAnew(call);
    return { actions, colors: anew, routing: this.#routing(actions, anew) };
  }

  /** Whoever reads of it in an error or in the status has to know where it stands. */
  #routing(actions: Action[], colors: Colors): Routing {
    const { to, summary } = routingOf(actions, colors);
    return { to, summary: `${this.#place.arn} ${summary}` };
  }
}
