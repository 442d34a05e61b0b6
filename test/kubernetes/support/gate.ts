/** A place where requests wait until a test lets them go on. */
export class Gate {
  /** Resolves when somebody waits. */
  readonly arrived: Promise<void>;
  /** For whoever passes. */
  readonly pass: () => Promise<void>;
  #end!: { open(): void; shut(error: Error): void };

  constructor() {
    let arrive!: () => void;
    this.arrived = new Promise((resolve) => {
      arrive = resolve;
    });
    const ended = new Promise<void>((open, shut) => {
      this.#end = { open, shut };
    });
    // Nobody may be there when it is shut.
    ended.catch(() => undefined);
    this.pass = () => {
      arrive();
      return ended;
    };
  }

  /** All who wait go on. */
  open(): void {
    this.#end.open();
  }

  /** What they wait for is not there any more. */
  shut(): void {
    this.#end.shut(new Error('the API server is gone'));
  }
}
