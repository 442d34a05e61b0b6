/** Smoke tests and warm-up: what the idle color answers before any user sees it. */
import type { SmokeTestStatus } from '../contract.ts';
import { Failure } from '../core/failure.ts';
import type { Color, Json, Plan, SmokeTest } from '../core/plan.ts';
import { expand, resolveEnv } from '../core/template.ts';
import type { Call } from '../providers/types.ts';
import { type Answer, ask, below, endpointOf, versionIn } from './http.ts';
import type { Activities } from './types.ts';

const WARM_UP_REQUEST_MS = 10_000;
const IDENTITY: Omit<SmokeTest, 'path'> = {
  name: 'identity',
  method: 'GET',
  headers: {},
  body: null,
  expect: { status: null, json: null, text: null },
  timeoutMs: 5_000,
  retries: 2,
};

function endpoint(plan: Plan, color: Color): string {
  const known = endpointOf(plan, color);
  if (known === null) throw new Failure('InvalidConfiguration', `where ${color} answers is not known: set endpoints.${color}`);
  return known;
}

export async function smokeTest(call: Call, { plan, color }: Parameters<Activities['smokeTest']>[0]): ReturnType<Activities['smokeTest']> {
  const { identity, service, version } = plan;
  if (identity === null && plan.smokeTests.length === 0) return { tests: [] };
  const base = endpoint(plan, color);
  const vars = { service, version, color, port: new URL(base).port };
  const tests = resolveEnv(expand(plan.smokeTests as unknown as Json, vars), process.env) as unknown as SmokeTest[];
  const runs = tests.map((test) => run(call, base, test, (answer) => fault(test, answer)));
  const identified =
    identity === null
      ? []
      : [run(call, base, { ...IDENTITY, path: identity.path }, (answer) => wrongVersion(versionIn(answer, identity), version, answer))];
  return { tests: await Promise.all([...identified, ...runs]) };
}

/** One test with its retries; `judge` says what is wrong with an answer, or null. */
async function run(call: Call, base: string, test: SmokeTest, judge: (answer: Answer) => string | null): Promise<SmokeTestStatus> {
  const started = Date.now();
  let detail = '';
  for (let attempt = 0; attempt <= test.retries; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 500));
    const begun = Date.now();
    try {
      const answer = await ask(below(base, test.path), { ...test, signal: call.signal });
      const wrong = judge(answer);
      const took = Date.now() - begun;
      if (wrong === null) return { name: test.name, passed: true, detail: `${answer.status} in ${took} ms`, durationMs: took };
      detail = wrong;
    } catch (error) {
      if (call.signal.aborted) throw error;
      detail = (error as Error).message;
    }
  }
  return { name: test.name, passed: false, detail: `${test.method} ${test.path}: ${detail}`, durationMs: Date.now() - started };
}

const wrongVersion = (found: string | null, version: string, { status }: Answer): string | null => {
  if (status >= 400) return `answered ${status}, expected version ${version}`;
  return found === version ? null : `says version ${found ?? 'nothing'}, expected ${version}`;
};

function fault({ expect }: SmokeTest, { status, body }: Answer): string | null {
  if (expect.status === null ? status < 200 || status > 299 : status !== expect.status)
    return `answered ${status}, expected ${expect.status ?? '2xx'}${body ? `: ${excerpt(body)}` : ''}`;
  if (expect.text !== null && !body.includes(expect.text))
    return `the answer does not contain ${JSON.stringify(expect.text)}: ${excerpt(body)}`;
  if (expect.json === null) return null;
  try {
    return contains(JSON.parse(body), expect.json) ? null : `expected JSON with ${JSON.stringify(expect.json)}, found ${excerpt(body)}`;
  } catch {
    return `expected JSON, found ${excerpt(body)}`;
  }
}

const excerpt = (body: string): string => JSON.stringify(body.length > 200 ? `${body.slice(0, 200)}…` : body);

/** Whether `found` has all that `wanted` has: objects may have more keys, arrays have to be of the same length. */
function contains(found: Json, wanted: Json): boolean {
  if (wanted === null || typeof wanted !== 'object') return found === wanted;
  if (found === null || typeof found !== 'object' || Array.isArray(found) !== Array.isArray(wanted)) return false;
  if (Array.isArray(wanted))
    return (found as Json[]).length === wanted.length && wanted.every((item, index) => contains((found as Json[])[index]!, item));
  return Object.entries(wanted).every(
    ([key, item]) => Object.hasOwn(found, key) && contains((found as { [key: string]: Json })[key]!, item),
  );
}

export async function warmUp(call: Call, { plan, color }: Parameters<Activities['warmUp']>[0]): ReturnType<Activities['warmUp']> {
  if (plan.warmup === null) return { requests: 0, failed: 0 };
  const { path, requests, concurrency } = plan.warmup;
  const base = endpoint(plan, color);
  const { service, version } = plan;
  const url = below(base, expand(path, { service, version, color, port: new URL(base).port }));
  let sent = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    while (sent < requests) {
      call.signal.throwIfAborted();
      sent++;
      const fine = await ask(url, { timeoutMs: WARM_UP_REQUEST_MS, signal: call.signal }).then(
        ({ status }) => status < 500,
        () => false,
      );
      if (!fine) failed++;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, worker));
  return { requests, failed };
}
