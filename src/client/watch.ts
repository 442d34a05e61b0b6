import type { StatusDocument } from '../contract.ts';
import type { Link } from './connection.ts';
import { ClientError } from './errors.ts';
import { noRecord } from './noRecord.ts';
import { sleep } from './sleep.ts';
import { statusNow } from './underWay.ts';

export interface WatchOptions {
  /** One deployment; without it whichever is the current one. */
  deploymentId?: string | undefined;
  /** Called when the status can no longer be read, with why, and again (null) when it can. */
  onConnection?: ((trouble: string | null) => void) | undefined;
}

const FASTEST_MS = 100;
const SLOWEST_MS = 1_000;
/**
 * A question is answered by the worker that also carries deployments out. Where answers take longer than this, many are
 * watched at once: then so many times longer is waited as it took beyond that, so that watching does not hold up what is watched.
 * One slow answer is no crowd: a question that meets the end of a run is lost, and asked again.
 */
const PROMPT_MS = 100;
const RESTRAINT = 5;
const MOST_RESTRAINED_MS = 4_000;
/** One attempt: short, so that a trouble is told soon. */
const ATTEMPT_MS = 5_000;

/**
 * The status document, each time it has changed. Survives lost connections and missing workers for as long as it is
 * asked; ends only by its consumer. Throws ClientError NotDeployed where there is no such deployment.
 */
export async function* watch(link: Link, service: string, options: WatchOptions = {}): AsyncGenerator<StatusDocument, never> {
  let seen = '';
  let pause = FASTEST_MS;
  let troubled = false;
  let slownessBefore = 0;
  for (;;) {
    const asked = Date.now();
    try {
      const document = await statusNow(link, service, options.deploymentId, ATTEMPT_MS);
      if (troubled) options.onConnection?.(null);
      troubled = false;
      if (document === null) throw await noRecord(link, service);
      const text = JSON.stringify(document);
      if (text !== seen) {
        pause = FASTEST_MS;
        seen = text;
        yield document;
      } else pause = Math.min(SLOWEST_MS, pause * 1.3);
    } catch (error) {
      if (!(error instanceof ClientError) || (error.type !== 'NoServer' && error.type !== 'NoWorker')) throw error;
      if (!troubled) options.onConnection?.(error.message);
      troubled = true;
    }
    const slowness = Date.now() - asked - PROMPT_MS;
    await sleep(Math.max(pause, Math.min(MOST_RESTRAINED_MS, Math.min(slowness, slownessBefore) * RESTRAINT)));
    slownessBefore = slowness;
  }
}
