import { type Answer, VISITS, type VisitKind } from './visits.ts';

export interface VisitFailure {
  /** Epoch ms. */
  at: number;
  what: string;
}

/** What users saw. The answers of the version that is known to be bad are counted apart: no switch is to blame for them. */
export class Tally {
  readonly sent = Object.fromEntries(Object.keys(VISITS).map((kind) => [kind, 0])) as Record<VisitKind, number>;
  readonly good = new Map<string, number>();
  readonly failures: VisitFailure[] = [];
  /** 5xx that the bad version itself gave; times in epoch ms. */
  readonly bad = { count: 0, firstAt: 0, lastAt: 0 };
  readonly #badVersion: string;

  constructor(badVersion: string) {
    this.#badVersion = badVersion;
  }

  get total(): number {
    return Object.values(this.sent).reduce((sum, count) => sum + count, 0);
  }

  began(kind: VisitKind): void {
    this.sent[kind] += 1;
  }

  answered(kind: VisitKind, { status, version }: Answer): void {
    const now = Date.now();
    if (status < 400 && version !== null) this.good.set(version, (this.good.get(version) ?? 0) + 1);
    else if (status >= 500 && version === this.#badVersion) this.#badAnswer(now);
    else this.failed(kind, `answered ${status}${version === null ? ', not by the service' : ` by ${version}`}`);
  }

  failed(kind: VisitKind, why: string): void {
    this.failures.push({ at: Date.now(), what: `${why} (${kind})` });
  }

  #badAnswer(now: number): void {
    if (this.bad.count === 0) this.bad.firstAt = now;
    this.bad.count += 1;
    this.bad.lastAt = now;
  }
}
