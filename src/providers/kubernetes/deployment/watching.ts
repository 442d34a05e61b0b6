/**
 * Being told when a Deployment changes, so that a wait ends when it is over, and costs the API server less than to be asked all the
 * time. A stream only wakes who waits: what is so is read. Where it is cut, or not allowed, it is asked more often.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Color } from '../../../core/plan.ts';
import { pausing, type Rest } from '../../poll.ts';
import { deploymentName, type Place } from './place.ts';

/** Without a stream: often at first, for a rollout of small images takes a second. */
export const UNTOLD = pausing([50, 100, 100, 150, 150, 200, 200, 250, 250, 300, 300, 400, 500, 500, 750, 750, 1_000]);

/** With one: it may be silent because it is dead. */
const TOLD_MS = 2_000;
/** Changes come in bursts. */
const BURST_MS = 25;
/** A stream that ends is opened anew, but not all the time. */
const REOPEN_MS = 1_000;

/** Runs `work`, which rests by what it is given, while the Deployment is watched. */
export async function whileWatching<T>(place: Place, color: Color, work: (rest: Rest) => Promise<T>): Promise<T> {
  const watching = new Watching(place, color);
  try {
    return await work((turn, left, signal) => watching.rest(turn, left, signal));
  } finally {
    watching.end();
  }
}

class Watching {
  readonly #place: Place;
  readonly #color: Color;
  #stream: AbortController | null = null;
  #hasEnded = false;
  #state: 'closed' | 'opening' | 'open' | 'refused' = 'closed';
  #openedAt = 0;
  #hasChanged = false;
  #wake: AbortController | null = null;

  constructor(place: Place, color: Color) {
    this.#place = place;
    this.#color = color;
  }

  async rest(turn: number, left: number, signal: AbortSignal): Promise<void> {
    this.#open();
    if (this.#state !== 'open') return UNTOLD(turn, left, signal);
    await sleep(Math.min(BURST_MS, left), undefined, { signal });
    if (!this.#hasChanged) await this.#untilWoken(Math.min(TOLD_MS, left), signal);
    this.#hasChanged = false;
  }

  end(): void {
    this.#hasEnded = true;
    this.#stream?.abort();
  }

  async #untilWoken(ms: number, signal: AbortSignal): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    try {
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, wake.signal]) });
    } catch {
      signal.throwIfAborted();
    }
  }

  #open(): void {
    if (this.#state !== 'closed' || Date.now() - this.#openedAt < REOPEN_MS) return;
    this.#openedAt = Date.now();
    this.#state = 'opening';
    const { watch, namespace } = this.#place.api();
    const fieldSelector = `metadata.name=${deploymentName(this.#place, this.#color)}`;
    // What is there is told first: nothing that happens meanwhile is missed.
    const told = (): void => {
      this.#state = 'open';
      this.#changed();
    };
    const closed = (error?: { statusCode?: number } | null): void => {
      this.#state = error?.statusCode === 403 ? 'refused' : 'closed';
      this.#changed();
    };
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    watch.watch(path, { fieldSelector }, told, closed).then((stream) => {
      this.#stream = stream;
      // It has come too late.
      if (this.#hasEnded) stream.abort();
    }, closed);
  }

  #changed(): void {
    this.#hasChanged = true;
    this.#wake?.abort();
  }
}
