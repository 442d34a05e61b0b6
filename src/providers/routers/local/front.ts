import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from './counters.ts';
import { Exchange } from './exchange.ts';
import { Forwarder } from './forward.ts';
import { isOwnProbe, useOriginForm } from './headers.ts';
import { answerText, answerTextOnSocket } from './ownAnswers.ts';
import { isWebSocket, serveWithoutUpgrade } from './plainUpgrade.ts';
import type { Target } from './switchboard.ts';

/** Longer than the idle time of usual load balancers and browsers: the other side is to close first. */
const KEEP_ALIVE_MS = 75_000;
/** For a whole head to arrive. A body may take for ever: uploads and streams are long. */
const HEADERS_TIMEOUT_MS = 90_000;
const GRACE_MS = 5_000;

const ignore = (): void => {};
const uncounted = (): Exchange => new Exchange({ answered: ignore, cut: ignore, aborted: ignore, closed: ignore });

/** What says where a request goes. It is asked once for each, in the moment when its head has arrived; null: nothing is live. */
export interface Directions {
  readonly target: Target | null;
}

/** The users' side: every request goes to the color that is live in the moment when its head has arrived. */
export class Front {
  readonly server: Server;
  readonly #forwarder = new Forwarder();
  readonly #directions: Directions;
  readonly #counters: Counters;
  readonly #nothingLive: string;
  readonly #upgraded = new Set<Duplex>();
  #closing = false;

  constructor(service: string, directions: Directions, counters: Counters) {
    this.#directions = directions;
    this.#counters = counters;
    this.#nothingLive = `cutover: no version of "${service}" is live\n`;
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 });
    this.server.on('request', (req, res) => this.#request(req, res));
    this.server.on('upgrade', (req, socket, head) => {
      if (isWebSocket(req)) this.#webSocket(req, socket, head);
      else serveWithoutUpgrade(this.server, req, socket, head);
    });
  }

  #request(req: IncomingMessage, res: ServerResponse): void {
    const target = this.#directions.target;
    if (this.#closing) res.shouldKeepAlive = false;
    if (target === null) {
      answerText(req, res, 503, this.#nothingLive);
      return;
    }
    useOriginForm(req);
    // A window without users must not look as if it had seen some.
    const exchange = isOwnProbe(req) ? uncounted() : this.#counters.begin(target.color, 'request');
    this.#forwarder.request(req, res, target, exchange);
  }

  #webSocket(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#upgraded.add(socket);
    socket.once('close', () => this.#upgraded.delete(socket));
    const target = this.#directions.target;
    if (target === null) {
      answerTextOnSocket(socket, 503, this.#nothingLive);
      return;
    }
    useOriginForm(req);
    this.#forwarder.webSocket(req, socket, head, target, this.#counters.begin(target.color, 'websocket'));
  }

  /** Takes no more connections, lets what is open end for some seconds, then ends it. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const deadline = Date.now() + GRACE_MS;
    const done = closed.then(() => true);
    // A connection becomes idle when its last request ends: nobody else would close it then.
    while (!(await Promise.race([done, sleep(50, false)])) && Date.now() < deadline) this.server.closeIdleConnections();
    this.server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await closed;
  }
}
