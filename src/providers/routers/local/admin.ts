import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { FAILURES, Failure, type FailureType } from '../../../core/failure.ts';
import type { Routing } from '../../../core/routing.ts';
import type { About } from './adminServer.ts';
import { findAdminSocket } from './adminSocket.ts';
import type { CountersDocument } from './counts.ts';
import { type Change, routingOf } from './routing.ts';
import type { RouterState } from './stateFile.ts';

/** For a connection and the whole answer: below the time limit of every activity that asks. */
const TIMEOUT_MS = 2_000;

export type RoutingDocument = About & RouterState & { pid: number };

/** No router process with this state: to be started by a person, or by `cutover dev`. */
const notRunning = (service: string) =>
  new Failure('Unavailable', `the router of ${service} is not running: start it with \`cutover router\` (or \`cutover dev\`)`);

interface AdminRequest {
  method: 'GET' | 'PUT';
  path: string;
  body?: string;
  signal: AbortSignal;
}

const ask = (socketPath: string, { method, path, body, signal }: AdminRequest): Promise<{ status: number; document: unknown }> =>
  new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const req = request({ socketPath, method, path, signal: limit, agent: false }, (res) => {
      json(res).then((document) => resolve({ status: res.statusCode ?? 0, document }), reject);
    });
    req.once('error', reject);
    req.end(body);
  });

const failureOf = (document: unknown): Failure => {
  const { type, message, details } = (document as { error: { type: string; message: string; details?: unknown } }).error;
  return new Failure(type in FAILURES ? (type as FailureType) : 'Unavailable', message, details);
};

/** Talks to the router process of a service. Throws Unavailable where none runs or answers. */
export class RouterAdmin {
  readonly #stateDir: string;
  readonly #service: string;

  constructor(stateDir: string, service: string) {
    this.#stateDir = stateDir;
    this.#service = service;
  }

  routing(signal: AbortSignal): Promise<RoutingDocument> {
    return this.#ask({ method: 'GET', path: '/routing', signal }) as Promise<RoutingDocument>;
  }

  /** Throws Drift with details `{ found: Routing }` where the router is not as `from` says: nothing was changed then. */
  change(change: Change, signal: AbortSignal): Promise<RoutingDocument> {
    return this.#ask({ method: 'PUT', path: '/routing', body: JSON.stringify(change), signal }) as Promise<RoutingDocument>;
  }

  counters(signal: AbortSignal): Promise<CountersDocument> {
    return this.#ask({ method: 'GET', path: '/counters', signal }) as Promise<CountersDocument>;
  }

  async #ask(admin: AdminRequest): Promise<unknown> {
    const socketPath = await findAdminSocket(this.#stateDir);
    if (socketPath === null) throw notRunning(this.#service);
    const { status, document } = await ask(socketPath, admin).catch((error: NodeJS.ErrnoException) => {
      admin.signal.throwIfAborted();
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') throw notRunning(this.#service);
      throw new Failure('Unavailable', `the router of ${this.#service} does not answer: ${error.message} (${socketPath})`);
    });
    if (status !== 200) throw failureOf(document);
    return document;
  }
}

export interface RouterStatus {
  running: boolean;
  pid?: number;
  /** Where users connect to: http://host:port. */
  address?: string;
  routing?: Routing;
}

/** Whether the router of this state directory runs. Throws Unavailable where something listens and does not answer. */
export const routerStatus = async (stateDir: string, service: string): Promise<RouterStatus> => {
  try {
    const document = await new RouterAdmin(stateDir, service).routing(AbortSignal.timeout(TIMEOUT_MS * 2));
    return { running: true, pid: document.pid, address: document.address, routing: routingOf(document) };
  } catch (error) {
    if (error instanceof Failure && error.message === notRunning(service).message) return { running: false };
    throw error;
  }
};
