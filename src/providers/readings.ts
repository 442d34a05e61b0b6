/**
 * What a read answered with is kept with its Routing, so that a switch that follows at once needs no second read; reads at the
 * same time are one request.
 */
import type { Routing } from '../core/routing.ts';
import { joined } from './joined.ts';
import type { Call } from './types.ts';

/** A switch does not go by what it saw longer ago. */
const FRESH_MS = 5_000;

export class Readings<Reading extends { routing: Routing }> {
  readonly #read: (call: Call) => Promise<Reading>;
  readonly #fresh = new WeakMap<Routing, { reading: Reading; at: number }>();
  readonly #joined = joined<void, Reading>((call) => this.anew(call));

  constructor(read: (call: Call) => Promise<Reading>) {
    this.#read = read;
  }

  /** Asks, or joins whoever asks now. */
  now(call: Call): Promise<Reading> {
    return this.#joined(call);
  }

  /** Asks: what somebody else began to read may be from before a write. */
  async anew(call: Call): Promise<Reading> {
    const at = Date.now();
    const reading = await this.#read(call);
    this.#fresh.set(reading.routing, { reading, at });
    return reading;
  }

  /** What was read with this routing a moment ago, once: after a write it is history. */
  take(routing: Routing): Reading | null {
    const kept = this.#fresh.get(routing);
    this.#fresh.delete(routing);
    return kept && Date.now() - kept.at <= FRESH_MS ? kept.reading : null;
  }
}
