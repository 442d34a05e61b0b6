import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Color } from '../../../src/core/plan.ts';

export interface FailedRequest {
  at: number;
  what: string;
}

/** What the answers to users were. */
export interface SteadyLoad {
  sent: number;
  /** How many answers came from which version, in the order in which they were seen first. */
  versions: Map<string, number>;
  failures: FailedRequest[];
  /** Resolves when the last answer is there. */
  stop(): Promise<void>;
}

/** Requests at a steady rate, each over a connection of its own, whatever became of those before (an open loop). */
export function steadyLoad(url: string, { perSecond }: { perSecond: number }): SteadyLoad {
  const open = new Set<Promise<void>>();
  const versions = new Map<string, number>();
  const load = { sent: 0, versions, failures: [] as FailedRequest[] };
  const timer = setInterval(() => {
    load.sent += 1;
    const at = Date.now();
    const one = versionAt(url).then(
      (version) => void versions.set(version, (versions.get(version) ?? 0) + 1),
      (error: Error) => void load.failures.push({ at, what: error.message }),
    );
    open.add(one);
    one.finally(() => open.delete(one));
  }, 1_000 / perSecond);
  return Object.assign(load, {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
    },
  });
}

/** What the programs of `programs.ts` say of themselves. */
export interface Self {
  version: string;
  color: Color;
  pid: number;
}

/** The version that answers there. Rejects for anything but a whole 200. */
export const versionAt = async (url: string): Promise<string> => (await selfAt(url)).version;

/** Who answers there. Rejects for anything but a whole 200. */
export const selfAt = (url: string): Promise<Self> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, signal: AbortSignal.timeout(10_000) }, async (response) => {
      const body = await text(response).catch((error: Error) => error);
      if (body instanceof Error) reject(body);
      else if (response.statusCode !== 200) reject(new Error(`${response.statusCode} ${body}`));
      else resolve(JSON.parse(body) as Self);
    });
    sent.once('error', reject);
    sent.end();
  });
