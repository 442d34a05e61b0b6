/** One HTTP request over a fresh connection, with a limit on everything: how smoke tests and confirmations look at a copy. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Color, Identity, Plan } from '../core/plan.ts';

const MAX_BODY = 1_000_000;

export interface Ask {
  method?: string;
  headers?: { [name: string]: string };
  body?: string | null;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: { [name: string]: string | string[] | undefined };
  body: string;
}

/** Redirects are not followed: they are answers. Throws an Error that says what happened in a few words. */
export function ask(url: string, { method = 'GET', headers = {}, body = null, timeoutMs, signal }: Ask): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const send = url.startsWith('https:') ? secure : plain;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(limit.aborted && !signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : said(error));
    const outgoing = send(url, { method, headers, agent: false, signal: limit }, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY) incoming.destroy(new Error(`the answer is larger than ${MAX_BODY} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', fail);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', fail);
    outgoing.end(body ?? undefined);
  });
}

const said = (error: Error): Error => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? new Error('connection refused') : error;
};

/** `path` below a base address, whose own path is kept. */
export function below(base: string, path: string): string {
  const url = new URL(base);
  const [pathname, query] = path.split(/\?(.*)/s);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${(pathname ?? '').replace(/^\//, '')}`;
  if (query !== undefined) url.search = query;
  return url.href;
}

/** Where a color answers past the router, or null. */
export const endpointOf = (plan: Plan, color: Color): string | null => plan.endpoints[color] ?? plan.endpoints.preview;

/** The version that an answer names, or null. */
export function versionIn(answer: Answer, identity: Identity): string | null {
  if (identity.header !== undefined) {
    const value = answer.headers[identity.header.toLowerCase()];
    return (Array.isArray(value) ? value[0] : value)?.trim() ?? null;
  }
  if (identity.json === undefined) return answer.body.trim() || null;
  try {
    const found = identity.json
      .split('.')
      .reduce<unknown>((node, key) => (node as Record<string, unknown> | null)?.[key], JSON.parse(answer.body));
    return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
  } catch {
    return null;
  }
}
