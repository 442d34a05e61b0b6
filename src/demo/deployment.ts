import { randomUUID } from 'node:crypto';
import type { Cutover } from '../client.ts';
import { loadServiceFile } from '../config/load.ts';
import type { Outcome, StatusDocument } from '../contract.ts';
import { buildPlan } from '../plan/build.ts';
import { StoryError } from './errors.ts';
import { doing, news } from './narration.ts';
import type { Screen } from './screen.ts';

export interface DeploymentOptions {
  client: Cutover;
  screen: Screen;
  /** The service file. */
  file: string;
  version: string;
  /** How the story goes: anything else ends it. */
  expected: Outcome;
  /** What users see meanwhile, in a few words. */
  aside(): string;
  signal: AbortSignal;
}

/** Longer than any chapter takes on a slow machine. */
const LIMIT_MS = 90_000;

/** One deployment, told while it happens. */
export class Deployment {
  readonly #options: DeploymentOptions;
  readonly #changes: AsyncIterator<StatusDocument>;
  /** Rejects when the story is stopped, or this chapter takes too long. */
  readonly #over: Promise<never>;
  #status: StatusDocument | null = null;
  readonly #expected: Outcome[];

  private constructor(options: DeploymentOptions, deploymentId: string, service: string) {
    this.#options = options;
    this.#expected = [options.expected];
    const onConnection = (trouble: string | null): void => options.screen.say(`   ${trouble ?? 'the status can be read again'}`);
    this.#changes = options.client.watch(service, { deploymentId, onConnection });
    this.#over = new Promise((_resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
      AbortSignal.timeout(LIMIT_MS).addEventListener('abort', () => reject(this.#tooLate()));
    });
    this.#over.catch(() => {});
  }

  /** Throws ClientError where it is not accepted. */
  static async start(options: DeploymentOptions): Promise<Deployment> {
    const { config, folder } = await loadServiceFile(options.file);
    const plan = buildPlan(config, { version: options.version, folder });
    const { deploymentId } = await options.client.submit({ requestId: randomUUID(), plan, by: 'demo', reason: 'the demo' });
    return new Deployment(options, deploymentId, plan.service);
  }

  /** Somebody decides that it is to end another way: from now on that is right, too. */
  expect(outcome: Outcome): void {
    this.#expected.push(outcome);
  }

  /** Tells what happens until `reached`. Throws StoryError where it goes another way than expected, or nowhere. */
  async until(reached: (status: StatusDocument) => boolean): Promise<StatusDocument> {
    const { screen, aside, version } = this.#options;
    return screen.during(
      () => [this.#status === null ? `${version} is accepted` : doing(this.#status), aside()].filter((part) => part !== '').join(' · '),
      this.#follow(reached),
    );
  }

  async #follow(reached: (status: StatusDocument) => boolean): Promise<StatusDocument> {
    const { screen } = this.#options;
    for (let status = this.#status; ; status = await Promise.race([this.#next(), this.#over])) {
      if (status === null) continue;
      for (const line of news(this.#status, status, screen.style)) screen.say(`   ${line}`);
      this.#status = status;
      this.#requireExpected(status);
      if (reached(status)) return status;
    }
  }

  async #next(): Promise<StatusDocument> {
    return (await this.#changes.next()).value;
  }

  #requireExpected({ version, phase, outcome, reason }: StatusDocument): void {
    const expected = this.#expected;
    const why = reason === null ? '' : `: ${reason}`;
    if (phase === 'needs-intervention') throw new StoryError(`${version} waits for a person, which it should not${why}`);
    if (outcome !== null && !expected.includes(outcome))
      throw new StoryError(`the outcome of ${version} is ${outcome}, not ${expected.at(-1)}${why}`);
  }

  #tooLate(): StoryError {
    const where = this.#status === null ? 'nothing is known of it' : `it is ${this.#status.phase}`;
    return new StoryError(`${this.#options.version} was not over after ${LIMIT_MS / 1_000} s: ${where}`);
  }
}
