import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration } from '../core/duration.ts';
import type { Plan } from '../core/plan.ts';
import { PROBE_HEADER } from '../core/routing.ts';
import type { Call } from '../providers/types.ts';
import { ask, below, versionIn } from './http.ts';
import { final } from './providers.ts';
import type { Activities } from './types.ts';

const PROBE_MS = 3_000;
const AGAIN_MS = 100;

/** A router that says "done" is no proof: the users' own address has to answer so, several times in a row, over fresh connections. */
export async function confirm(call: Call, input: Parameters<Activities['confirm']>[0]): ReturnType<Activities['confirm']> {
  const { plan } = input;
  if (plan.switch.confirm === null) return { confirmed: true, detail: 'not asked for' };
  const { consecutive, timeoutMs } = plan.switch.confirm;
  const url = final(plan, plan.switch.confirm.url);
  const deadline = Date.now() + timeoutMs;
  let inARow = 0;
  let last = '';
  while (Date.now() < deadline) {
    const wrong = await probe(call, plan, url, input.version, Math.min(PROBE_MS, deadline - Date.now()));
    inARow = wrong === null ? inARow + 1 : 0;
    if (inARow >= consecutive) return { confirmed: true, detail: `${consecutive} answers in a row` };
    if (wrong === null) continue;
    last = wrong;
    await pause(AGAIN_MS, undefined, { signal: call.signal });
  }
  return { confirmed: false, detail: `${url} for ${formatDuration(timeoutMs)}: ${last}` };
}

/** What is wrong with one answer at the front, or null. Without an identity, or without a version to expect: any answer below 500. */
async function probe(call: Call, { identity }: Plan, url: string, version: string | null, timeoutMs: number): Promise<string | null> {
  try {
    const answer = await ask(identity ? below(url, identity.path) : url, {
      headers: { [PROBE_HEADER]: 'confirm' },
      timeoutMs: Math.max(1, timeoutMs),
      signal: call.signal,
    });
    if (answer.status >= 500) return `answered ${answer.status}`;
    if (identity === null || version === null) return null;
    const found = versionIn(answer, identity);
    return found === version ? null : `says version ${found ?? 'nothing'}, expected ${version}`;
  } catch (error) {
    call.signal.throwIfAborted();
    return (error as Error).message;
  }
}
