import { performance } from 'node:perf_hooks';

/** Who counts. `seconds`: from the arrival of the request to the head of its answer. */
export interface Tally {
  answered(status: number, seconds: number): void;
  cut(): void;
  aborted(): void;
  closed(): void;
}

/** One request of a user on the color where it began. Whatever happens in which order, each thing is counted once. */
export class Exchange {
  readonly #tally: Tally;
  readonly #startedAt = performance.now();
  #status: number | null = null;
  #open = true;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  get isAnswered(): boolean {
    return this.#status !== null;
  }

  /** The head of the answer is there. A long stream counts now, not when it ends. */
  answered(status: number): void {
    if (!this.#open || this.isAnswered) return;
    this.#status = status;
    this.#tally.answered(status, (performance.now() - this.#startedAt) / 1000);
  }

  /** The color broke off in the middle of its answer. After the user has left it is no fault of the color. */
  cut(): void {
    if (!this.#open || this.#status === null || this.#status >= 500) return;
    this.#status = 502;
    this.#tally.cut();
  }

  /** Over for the user, one way or the other. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    if (!this.isAnswered) this.#tally.aborted();
    this.#tally.closed();
  }
}
