import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import type { Counters } from './counters.ts';
import type { CountersDocument } from './counts.ts';
import { type Change, routingOf } from './routing.ts';
import { loadState, type RouterState, saveState } from './stateFile.ts';

/** Where a request of a user goes. */
export interface Target {
  color: Color;
  upstream: URL;
}

const targetOf = ({ live, upstream }: RouterState): Target | null =>
  live === null || upstream === null ? null : { color: live, upstream: new URL(upstream) };

/** Which color is live. What the memory says is on disk before it says it, so a restarted router routes as before. */
export class Switchboard {
  readonly #stateDir: string;
  readonly #counters: Counters;
  #state: RouterState;
  #target: Target | null;
  #atSwitch: CountersDocument['atSwitch'] = null;
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(stateDir: string, counters: Counters, state: RouterState) {
    this.#stateDir = stateDir;
    this.#counters = counters;
    this.#state = state;
    this.#target = targetOf(state);
  }

  static async open(stateDir: string, counters: Counters): Promise<Switchboard> {
    return new Switchboard(stateDir, counters, await loadState(stateDir));
  }

  get state(): RouterState {
    return this.#state;
  }

  /** null: nothing is live. */
  get target(): Target | null {
    return this.#target;
  }

  get atSwitch(): CountersDocument['atSwitch'] {
    return this.#atSwitch;
  }

  /** One change after the other: each sees what the one before has left. */
  change(change: Change): Promise<RouterState> {
    const result = this.#lastChange.then(() => this.#change(change));
    this.#lastChange = result.catch(() => {});
    return result;
  }

  async #change({ to, upstream, from }: Change): Promise<RouterState> {
    const found = routingOf(this.#state);
    if (found.to === to && this.#state.upstream === upstream) return this.#state;
    // A repeated write whose answer was lost finds what it wants: that is no drift.
    if (found.to !== from.to && found.to !== to) {
      throw new Failure('Drift', `the router is not as expected: ${found.summary}, expected ${from.summary}`, { found });
    }
    const counts = await this.#counters.counts();
    const next: RouterState = { revision: this.#state.revision + 1, live: to, upstream, updatedAt: new Date().toISOString() };
    await saveState(this.#stateDir, next);
    this.#state = next;
    this.#target = targetOf(next);
    this.#atSwitch = counts;
    return next;
  }
}
