import { Tally } from './tally.ts';
import { VISITS, type VisitKind } from './visits.ts';

/** Requests a second, half of them over new connections. */
export const RATE = 100;
const PERIOD_MS = 1_000 / RATE;
/** Each of them lasts four seconds: some are always open, also in the moment of a switch. */
const LONG_PERIOD_MS = 1_000;

/** Users of the front address, open loop: who comes next does not wait for who came before. */
export class Users {
  readonly tally: Tally;
  readonly #front: string;
  readonly #open = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor(front: string, badVersion: string) {
    this.#front = front;
    this.tally = new Tally(badVersion);
  }

  /** From now on they come, until `close`. */
  arrive(): void {
    every(PERIOD_MS, this.#closed.signal, (n) => this.#begin(n % 2 === 0 ? 'on kept connections' : 'on new connections'));
    every(LONG_PERIOD_MS, this.#closed.signal, (n) => this.#begin(n % 2 === 0 ? 'event streams' : 'WebSockets'));
  }

  /** Nobody comes any more; who is there stays until the answer is complete. */
  close(): void {
    this.#closed.abort();
  }

  /** Resolves when the last one has left. */
  async gone(): Promise<void> {
    await Promise.all(this.#open);
  }

  #begin(kind: VisitKind): void {
    const visit = visitOnce(this.tally, kind, this.#front).finally(() => this.#open.delete(visit));
    this.#open.add(visit);
  }
}

async function visitOnce(tally: Tally, kind: VisitKind, front: string): Promise<void> {
  tally.began(kind);
  try {
    tally.answered(kind, await VISITS[kind](front));
  } catch (error) {
    tally.failed(kind, (error as Error).message);
  }
}

/** By the clock: a pause of this process is made up for. */
function every(periodMs: number, closed: AbortSignal, next: (n: number) => void): void {
  const start = performance.now();
  let n = 0;
  const timer = setInterval(() => {
    for (const due = (performance.now() - start) / periodMs; n <= due; n += 1) next(n);
  }, periodMs);
  closed.addEventListener('abort', () => clearInterval(timer));
}
