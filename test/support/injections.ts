/** Faults that a test asks for, and which of them a request meets. */
export interface Frequency {
  /** How often; once where it is not said, for ever where `percent` is. */
  times?: number;
  /** Of the requests that it fits, by `random`. */
  percent?: number;
}

export interface Injection<Fault> {
  readonly fault: Fault;
  /** How many requests have met it. */
  readonly hits: number;
  stop(): void;
}

export class Injections<Fault extends Frequency, Request> {
  #fits: (fault: Fault, request: Request) => boolean;
  #active: { fault: Fault; hits: number; left: number; stop(): void }[] = [];
  /** [0, 1): a test that needs to repeat itself sets its own. */
  random: () => number = Math.random;

  constructor(fits: (fault: Fault, request: Request) => boolean) {
    this.#fits = fits;
  }

  inject(fault: Fault): Injection<Fault> {
    const left = fault.times ?? (fault.percent === undefined ? 1 : Number.POSITIVE_INFINITY);
    const injection = { fault, hits: 0, left, stop: () => this.#remove(injection) };
    this.#active.push(injection);
    return injection;
  }

  clear(): void {
    this.#active = [];
    this.random = Math.random;
  }

  /** The first that fits, which is then used up by one. */
  take(request: Request): Fault | null {
    const found = this.#active.find(({ fault }) => this.#fits(fault, request) && this.#isMet(fault));
    if (!found) return null;
    found.hits += 1;
    found.left -= 1;
    if (found.left <= 0) found.stop();
    return found.fault;
  }

  #isMet({ percent }: Frequency): boolean {
    return percent === undefined || this.random() * 100 < percent;
  }

  #remove(injection: object): void {
    this.#active = this.#active.filter((one) => one !== injection);
  }
}
