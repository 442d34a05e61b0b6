/** Requests of the proxy to the API server, in the client's name. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { WireRequest } from './request.ts';

/** What HTTP says about a single connection, or is computed anew. */
const NOT_PASSED_ON = new Set(['connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive', 'host']);

export class Upstream {
  #url: URL;
  #agent: Agent;

  constructor(url: string, ca: Buffer) {
    this.#url = new URL(url);
    this.#agent = new Agent({ ca, keepAlive: true });
  }

  /** The answer as it begins; aborting the signal ends it. Rejects when the API server is not there. */
  send({ method, path, headers, body }: WireRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { hostname, port } = this.#url;
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
    return new Promise((resolve, reject) => {
      const options = { hostname, port, method, path, headers: { ...passedOn(headers), ...length }, agent: this.#agent, signal };
      httpsRequest(options, resolve).on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export const passedOn = (headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined && !NOT_PASSED_ON.has(entry[0])),
  );
