import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Color } from '../../../src/core/plan.ts';

/** One exchange of a user: from its start until its answer was whole (epoch ms). */
export interface AnsweredRequest {
  at: number;
  until: number;
  version: string;
}

export interface FailedRequest {
  at: number;
  until: number;
  what: string;
}

/** What the answers to users were. */
export interface SteadyLoad {
  sent: number;
  /** How many answers came from which version, in the order in which they were seen first. */
  versions: Map<string, number>;
  answers: AnsweredRequest[];
  failures: FailedRequest[];
  /** Resolves when the last answer is there. */
  stop(): Promise<void>;
}

/** However long a test hangs, it sends no more than this. */
const MOST_REQUESTS = 20_000;

/** Requests at a steady rate, each over a connection of its own, whatever became of those before (an open loop). */
export const steadyLoad = (url: string, rate: { perSecond: number }): SteadyLoad => openLoop(rate, () => versionAt(url));

/** Begins one exchange after the other at a steady rate; each resolves to the version that it had to do with. */
export function openLoop({ perSecond }: { perSecond: number }, exchange: () => Promise<string>): SteadyLoad {
  const open = new Set<Promise<void>>();
  const load = { sent: 0, versions: new Map<string, number>(), answers: [] as AnsweredRequest[], failures: [] as FailedRequest[] };
  const one = async (): Promise<void> => {
    const at = Date.now();
    try {
      const version = await exchange();
      load.answers.push({ at, until: Date.now(), version });
      load.versions.set(version, (load.versions.get(version) ?? 0) + 1);
    } catch (error) {
      load.failures.push({ at, until: Date.now(), what: (error as Error).message });
    }
  };
  const begin = (): void => {
    load.sent += 1;
    const begun = one();
    open.add(begun);
    begun.finally(() => open.delete(begun));
  };
  const began = Date.now();
  const timer = setInterval(() => {
    // A busy test process may miss a beat: it makes up for it.
    const due = Math.min(MOST_REQUESTS, Math.floor(((Date.now() - began) / 1_000) * perSecond));
    while (load.sent < due) begin();
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
