/** An API server for tests: the real one behind a proxy that records every request, and fails as a test asks. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Injection, Injections } from '../../support/injections.ts';
import type { ControlPlaneAddress } from './controlPlane.ts';
import { type Fault, fits, type Matcher } from './faults.ts';
import { decodeRequest, type KubernetesRequest } from './request.ts';
import { retryAfterOf, statusOf } from './status.ts';
import { passedOn, Upstream } from './upstream.ts';

/** One request that a client made. */
export interface RecordedCall {
  /** Epoch ms. */
  at: number;
  verb: string;
  group: string;
  /** services, deployments/scale */
  resource: string;
  namespace: string | null;
  name: string | null;
  fieldManager: string | null;
  userAgent: string;
  /** Of the body. */
  contentType: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: any object of Kubernetes, or a patch of one, as a test expects it; null without one
  body: any;
  /** What the client was answered; null while it waits, and where the connection was closed. */
  status: number | null;
}

const FOR_EVER = Number.POSITIVE_INFINITY;

export class FaultProxy {
  /** All requests since the last `clear`, in the order of arrival. */
  calls: RecordedCall[] = [];
  #injections = new Injections<Fault, KubernetesRequest>(fits);
  #upstream: Upstream;
  #server: Server;
  /** Streams that run: watches, and logs that are followed. */
  #streams = new Set<{ request: KubernetesRequest; cut(): void }>();
  #late = new Set<Promise<unknown>>();
  #cleared = new AbortController();

  /** It shows the API server's own certificate: clients need not know that it is not the API server. */
  static async before({ url, certificate, key }: ControlPlaneAddress): Promise<FaultProxy> {
    const [cert, privateKey] = await Promise.all([readFile(certificate), readFile(key)]);
    const proxy = new FaultProxy(url, cert, privateKey);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(url: string, cert: Buffer, key: Buffer) {
    this.#upstream = new Upstream(url, cert);
    this.#server = createServer({ cert, key, keepAliveTimeout: 60_000 }, (incoming, response) => {
      // Whatever goes wrong (no API server, a client that left) closes the connection, as it would without a proxy.
      this.#serve(incoming, response).catch(() => incoming.socket.destroy());
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.clear();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#upstream.close();
    await closed;
  }

  /** No faults, no calls recorded, streams closed; what was to be applied later is not. */
  clear(): void {
    this.#cleared.abort();
    this.#cleared = new AbortController();
    this.#injections.clear();
    this.cutStreams();
    this.calls = [];
  }

  inject(fault: Fault): Injection<Fault> {
    return this.#injections.inject(fault);
  }

  /** 403, until the injection is stopped. */
  deny(which: Matcher): Injection<Fault> {
    return this.inject({ ...which, status: 403, times: FOR_EVER });
  }

  /** 409: somebody else has written meanwhile. For real, use `before` of a fault. */
  conflict(which: Matcher, times = 1): Injection<Fault> {
    return this.inject({ ...which, status: 409, times });
  }

  /** 429, with so many seconds in Retry-After. */
  throttle(which: Matcher, times = 1, retryAfter = 1): Injection<Fault> {
    return this.inject({ ...which, status: 429, times, retryAfter });
  }

  /** 503 */
  unavailable(which: Matcher, times = 1): Injection<Fault> {
    return this.inject({ ...which, status: 503, times });
  }

  /** Nobody gets an answer, and streams are closed, until the injection is stopped. */
  outage(): Injection<Fault> {
    const injection = this.inject({ drop: 'request', times: FOR_EVER });
    this.cutStreams();
    return injection;
  }

  /** Closes the connections of the watches that fit, now. Answers how many. */
  cutStreams(which: Matcher = {}): number {
    const cut = [...this.#streams].filter(({ request }) => fits(which, request));
    for (const stream of cut) stream.cut();
    return cut.length;
  }

  /** [0, 1), by which faults with `percent` are thrown. */
  set random(random: () => number) {
    this.#injections.random = random;
  }

  /** patch, services */
  callsOf(verb: string, resource: string): RecordedCall[] {
    return this.calls.filter((call) => call.verb === verb && call.resource === resource);
  }

  /** Resolves when all that was to be applied late has been. */
  async lateApplied(): Promise<void> {
    await Promise.all(this.#late);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = incoming;
    const request = decodeRequest({ method: method!, path: url!, headers, body: await buffer(incoming) });
    const call = recorded(request);
    this.calls.push(call);
    const fault = this.#injections.take(request);
    if (fault && (await this.#fail(request, fault, response))) {
      call.status = response.headersSent ? response.statusCode : null;
      return;
    }
    await this.#pass(request, response, fault, call);
  }

  /** True where that was all. */
  async #fail(request: KubernetesRequest, fault: Fault, response: ServerResponse): Promise<boolean> {
    if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal: this.#cleared.signal });
    await fault.before?.(request);
    if (fault.drop === 'response' || fault.applyAfterMs === 0) await this.#carryOut(request);
    else if (fault.applyAfterMs !== undefined) this.#carryOutLater(request, fault.applyAfterMs);
    if (fault.status !== undefined || fault.body !== undefined) {
      answer(request, fault, response);
      return true;
    }
    const closes = fault.drop !== undefined || fault.applyAfterMs !== undefined;
    if (closes) response.destroy();
    return closes;
  }

  /** Passes the answer on as it comes. */
  async #pass(request: KubernetesRequest, response: ServerResponse, fault: Fault | null, call: RecordedCall): Promise<void> {
    const left = new AbortController();
    const stream = { request, cut: () => response.destroy() };
    response.once('close', () => {
      left.abort();
      this.#streams.delete(stream);
    });
    const answered = await this.#upstream.send(request, left.signal);
    await fault?.after?.();
    call.status = answered.statusCode!;
    response.writeHead(answered.statusCode!, passedOn(answered.headers));
    response.flushHeaders();
    if (isStream(request)) this.#streams.add(stream);
    const cut = fault?.cutAfterMs === undefined ? undefined : setTimeout(stream.cut, fault.cutAfterMs);
    await pipeline(answered, response).finally(() => clearTimeout(cut));
  }

  async #carryOut(request: KubernetesRequest): Promise<void> {
    const answered = await this.#upstream.send(request, AbortSignal.timeout(10_000));
    await buffer(answered);
  }

  #carryOutLater(request: KubernetesRequest, ms: number): void {
    const late = sleep(ms, undefined, { signal: this.#cleared.signal }).then(
      () => this.#carryOut(request),
      // The test was over first.
      () => undefined,
    );
    this.#late.add(late);
    late.finally(() => this.#late.delete(late));
  }
}

function recorded({ verb, group, resource, namespace, name, fieldManager, headers, body }: KubernetesRequest): RecordedCall {
  const contentType = headers['content-type'] ?? null;
  return {
    at: Date.now(),
    ...{ verb, group, resource, namespace, name, fieldManager, contentType },
    userAgent: headers['user-agent'] ?? '',
    body: parsed(body),
    status: null,
  };
}

/** Server-side apply may send YAML: that is kept as text. */
function parsed(body: Buffer): unknown {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function answer(request: KubernetesRequest, fault: Fault, response: ServerResponse): void {
  const code = fault.status ?? 200;
  const retryAfter = retryAfterOf(code, fault);
  response.writeHead(code, {
    'content-type': fault.body === undefined ? 'application/json' : 'text/plain',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(fault.body ?? JSON.stringify(statusOf(request, code, fault)));
}

const isStream = ({ verb, path }: KubernetesRequest): boolean => verb === 'watch' || /[?&]follow=(true|1)\b/.test(path);
