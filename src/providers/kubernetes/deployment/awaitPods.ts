/** Waiting for the pods of a Deployment, while those who watch are told what it waits for. */
import type { V1Deployment } from '@kubernetes/client-node';
import { formatDuration } from '../../../core/duration.ts';
import { Failure } from '../../../core/failure.ts';
import type { Color } from '../../../core/plan.ts';
import { poll, type Rest } from '../../poll.ts';
import type { Call } from '../../types.ts';
import { writtenBy } from '../fieldWriter.ts';
import { deploymentIdOf } from './change.ts';
import { nameOf, readDeployment } from './deployment.ts';
import { briefly, explain } from './explain.ts';
import type { Place } from './place.ts';
import { rolloutOf } from './rollout.ts';

/** Why it takes long is asked so often: it takes three requests. */
const ASK_WHY_MS = 3_000;
const ASK_FIRST_MS = 1_000;

export interface Awaited {
  color: Color;
  /** How many have to be available. */
  least: number;
  deadline: number;
  /** What it waits for, in words: `did not come up with v2`. */
  failed: string;
  /** The deployment whose template it has to keep; whatever its template is where nothing is said. */
  deploymentId?: string;
}

/** As `kubectl rollout status`. Throws DeployFailed, with what the cluster says, at the deadline, and at once where it has given up. */
export async function untilAvailable(call: Call, place: Place, awaited: Awaited, rest: Rest): Promise<V1Deployment> {
  const { color, least, deadline, deploymentId } = awaited;
  let last: V1Deployment | undefined;
  let waits = '';
  const reporter = new Reporter(call, place);
  const look = async (): Promise<V1Deployment | null> => {
    last = await readDeployment(call, place, color);
    if (deploymentId !== undefined && deploymentIdOf(last) !== deploymentId)
      throw await failure(
        call,
        place,
        { ...awaited, last },
        `its pod template was replaced meanwhile${writtenBy(last.metadata?.managedFields, ['spec', 'template'])}`,
      );
    const rollout = rolloutOf(last, least);
    if (rollout.state === 'failed') throw await failure(call, place, { ...awaited, last }, rollout.reason);
    if (rollout.state === 'done') return last;
    waits = rollout.waits;
    reporter.tell(last, waits);
    return null;
  };
  const available = await poll(call, deadline, look, rest).finally(() => reporter.end());
  if (available) return available;
  throw await failure(call, place, { ...awaited, last: last! }, `${waits} after ${formatDuration(place.options.timeout)}`);
}

async function failure(call: Call, place: Place, { color, failed, last }: Awaited & { last: V1Deployment }, why: string): Promise<Failure> {
  const what = `${color} (the Deployment ${nameOf(last)}) ${failed}: ${why}.`;
  return new Failure('DeployFailed', `${what}\n${await explain(call, place, last)}`);
}

/** Says in heartbeats what is waited for, and every few seconds anew why. Nobody waits for that answer. */
class Reporter {
  readonly #call: Call;
  readonly #place: Place;
  #waits = '';
  #why: string | null = null;
  #askedAt = Date.now() - ASK_WHY_MS + ASK_FIRST_MS;
  #isOver = false;

  constructor(call: Call, place: Place) {
    this.#call = call;
    this.#place = place;
  }

  tell(deployment: V1Deployment, waits: string): void {
    this.#waits = waits;
    this.#say();
    if (Date.now() - this.#askedAt < ASK_WHY_MS) return;
    this.#askedAt = Date.now();
    // What it was is still the best that is known.
    this.#ask(deployment).catch(() => {});
  }

  /** An answer that comes later is nobody's any more. */
  end(): void {
    this.#isOver = true;
  }

  async #ask(deployment: V1Deployment): Promise<void> {
    this.#why = await briefly(this.#call, this.#place, deployment);
    if (!this.#isOver) this.#say();
  }

  #say(): void {
    this.#call.heartbeat({ waits: this.#why === null ? this.#waits : `${this.#waits}: ${this.#why}` });
  }
}
