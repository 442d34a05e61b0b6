/** An AWS endpoint for tests: moto behind a proxy that records every call, makes it behave like AWS, and fails as a test asks. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Injection, Injections } from '../../support/injections.ts';
import { awsError, type WireAnswer } from './awsError.ts';
import { ElbFidelity, type FidelitySettings } from './elbFidelity.ts';
import type { Health } from './elbHealth.ts';
import { type Fault, fits } from './faults.ts';
import { type AwsRequest, decodeRequest } from './request.ts';
import { Upstream } from './upstream.ts';

/** One request that a client made. */
export interface RecordedCall {
  /** Epoch ms. */
  at: number;
  service: string;
  /** As IAM names it: elasticloadbalancing:ModifyListener */
  action: string;
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of any operation, as a test expects them
  params: Record<string, any>;
  /** What the client was answered; null while it waits, and where the connection was closed. */
  status: number | null;
}

/** Another body for an answer of AWS: for what AWS can say and moto cannot. */
export type Rewrite = (body: string, request: AwsRequest) => string;

export class FaultProxy {
  /** All calls since the last `clear`, the retries of the SDK too, in the order of arrival. */
  calls: RecordedCall[] = [];
  #injections = new Injections<Fault, AwsRequest>(fits);
  #fidelity: ElbFidelity;
  #upstream: Upstream;
  #server: Server;
  #rewrites: { action: string; rewrite: Rewrite }[] = [];
  /** Requests that are being served, and those to be carried out later. */
  #underWay = new Set<Promise<unknown>>();
  #late = new Set<Promise<unknown>>();
  #cleared = new AbortController();
  #broken: Error | null = null;

  constructor(motoUrl: string) {
    this.#upstream = new Upstream(motoUrl);
    this.#fidelity = new ElbFidelity(this.#upstream);
    this.#server = createServer((request, response) => {
      const served = this.#serve(request, response).catch((error) => {
        response.writeHead(599).end();
        this.#broken ??= error;
      });
      this.#underWay.add(served);
      served.finally(() => this.#underWay.delete(served));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.clear();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * No faults, AWS's behavior, no calls recorded; what was to be applied later is not.
   * @throws Error when the proxy met a request that it does not understand.
   */
  async clear(): Promise<void> {
    this.#cleared.abort();
    await Promise.all([...this.#late, ...this.#underWay]);
    this.#cleared = new AbortController();
    this.#injections.clear();
    this.#rewrites = [];
    this.#fidelity.clear();
    this.calls = [];
    const broken = this.#broken;
    this.#broken = null;
    if (broken) throw broken;
  }

  inject(fault: Fault): Injection<Fault> {
    return this.#injections.inject(fault);
  }

  /** Every answer of an operation that AWS carried out says what `rewrite` makes of it. */
  rewrite(action: string, rewrite: Rewrite): void {
    this.#rewrites.push({ action, rewrite });
  }

  /** AccessDenied, for ever, until the injection is stopped. */
  deny(action: string): Injection<Fault> {
    return this.inject({ action, code: 'AccessDenied', times: Number.POSITIVE_INFINITY });
  }

  throttle(action: string, times = 1): Injection<Fault> {
    return this.inject({ action, code: 'Throttling', times });
  }

  /** [0, 1), by which faults with `percent` are thrown. */
  set random(random: () => number) {
    this.#injections.random = random;
  }

  setHealth(targetGroupArn: string, targetId: string, health: Health): void {
    this.#fidelity.health.set(targetGroupArn, targetId, health);
  }

  /** For so long after a change, listeners and rules are described as they were before it. */
  staleReads(ms: number): void {
    this.#fidelity.stale.lag(ms);
  }

  fidelity(settings: Partial<FidelitySettings>): void {
    Object.assign(this.#fidelity.settings, settings);
  }

  callsOf(action: string): RecordedCall[] {
    return this.calls.filter((call) => call.action === action);
  }

  /** Resolves when all that was to be applied late has been. */
  async lateApplied(): Promise<void> {
    await Promise.all(this.#late);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = incoming;
    const body = await text(incoming).catch(() => null);
    // The client has left before it had said all.
    if (body === null) return;
    const request = decodeRequest({ method: method!, path: url!, headers, body });
    const { service, action, params } = request;
    const call: RecordedCall = { at: Date.now(), service, action, params, status: null };
    this.calls.push(call);
    const fault = this.#injections.take(request);
    const answer = fault ? await this.#fail(request, fault) : await this.#carryOut(request);
    if (!answer) {
      incoming.socket.destroy();
      return;
    }
    call.status = answer.status;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /** The answer to a request that meets a fault; null closes the connection. */
  async #fail(request: AwsRequest, fault: Fault): Promise<WireAnswer | null> {
    if (fault.delayMs !== undefined && !(await this.#wait(fault.delayMs))) return null;
    if (fault.drop === 'request') return null;
    if (fault.drop === 'response') {
      await this.#carryOut(request);
      return null;
    }
    if (fault.applyAfterMs === 0) await this.#carryOut(request);
    else if (fault.applyAfterMs !== undefined) this.#carryOutLater(request, fault.applyAfterMs);
    if (fault.body !== undefined) return { status: fault.status ?? 500, headers: { 'content-type': 'text/html' }, body: fault.body };
    if (fault.code !== undefined || fault.status !== undefined) return awsError(request, fault.code ?? 'InternalFailure', fault);
    return fault.applyAfterMs === undefined ? this.#carryOut(request) : null;
  }

  #carryOutLater(request: AwsRequest, ms: number): void {
    const late = this.#wait(ms).then(async (waited) => {
      if (waited) await this.#carryOut(request);
    });
    this.#late.add(late);
    late.finally(() => this.#late.delete(late));
  }

  /** False where the test was over first. */
  #wait(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.#cleared.signal }).catch(() => false);
  }

  async #carryOut(request: AwsRequest): Promise<WireAnswer> {
    const answer = await this.#answer(request);
    const rewrites = answer.status === 200 ? this.#rewrites.filter(({ action }) => action === request.action) : [];
    return { ...answer, body: rewrites.reduce((body, { rewrite }) => rewrite(body, request), answer.body) };
  }

  async #answer(request: AwsRequest): Promise<WireAnswer> {
    if (request.service !== 'elasticloadbalancing') return this.#upstream.send(request);
    const prepared = await this.#fidelity.prepare(request);
    if ('status' in prepared) return prepared;
    return this.#fidelity.finish(request, await this.#upstream.send(prepared));
  }
}
