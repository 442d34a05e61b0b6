import { type ClientRequest, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';
import type { Exchange } from './exchange.ts';
import { answerHeaders, prepareRequestHeaders, without } from './headers.ts';
import { answerText, answerTextOnSocket } from './ownAnswers.ts';
import type { Target } from './switchboard.ts';

/** httpxy wants an IPv6 host without its brackets. */
const targetOptions = ({ upstream }: Target) => ({
  target: {
    protocol: upstream.protocol,
    host: upstream.hostname.replace(/^\[|\]$/g, ''),
    port: upstream.port,
    pathname: upstream.pathname,
  },
});

/** At once, not with the first byte of the body: an event stream may have nothing to say for a long time. */
const writeHead = (req: IncomingMessage, res: ServerResponse, answer: IncomingMessage): void => {
  const headers = answerHeaders(answer);
  // Node refuses to announce trailers where there is no chunked body to carry them.
  const chunked = answer.headers['transfer-encoding'] !== undefined && req.httpVersion === '1.1' && req.method !== 'HEAD';
  res.writeHead(answer.statusCode ?? 502, answer.statusMessage, chunked ? headers : without(headers, ['trailer']));
  res.flushHeaders();
};

const UNREACHABLE = 'cutover: the live version did not answer\n';

/** Hands requests of users to a color: all that is known of the proxy library is here. */
export class Forwarder {
  // A fresh connection per request: a pooled one that the color closes just then would lose the request.
  // httpxy would hold back the head of an answer until its body begins: we write it ourselves.
  readonly #proxy = createProxyServer({ agent: false, selfHandleResponse: true });
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();

  constructor() {
    this.#proxy.on('proxyReq', (out, req) => {
      // We end the connection after the answer, not the color: one that answers before it has read a long upload
      // ("413") would reset it, and the answer be lost.
      out.setHeader('connection', 'keep-alive');
      if (req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined) out.flushHeaders();
      req.once('end', () => out.addTrailers(req.trailers as Record<string, string>));
    });
    this.#proxy.on('proxyRes', (answer, req, res) => this.#answer(answer, req, res));
    this.#proxy.on('proxyReqWs', (out, req, socket) => this.#watchUpgrade(out, req, socket));
    this.#proxy.on('error', (_error, req, res) => this.#failed(req, res as ServerResponse | Socket | undefined));
    this.#proxy.on('econnreset', (_error, req, res) => this.#failed(req, res));
  }

  request(req: IncomingMessage, res: ServerResponse, target: Target, exchange: Exchange): void {
    this.#exchanges.set(req, exchange);
    // Before httpxy's own listener: a user who leaves closes the exchange before the color's connection breaks.
    res.once('close', () => exchange.closed());
    prepareRequestHeaders(req);
    this.#proxy.web(req, res, targetOptions(target)).catch(() => res.destroy());
  }

  webSocket(req: IncomingMessage, socket: Duplex, head: Buffer, target: Target, exchange: Exchange): void {
    this.#exchanges.set(req, exchange);
    socket.once('close', () => exchange.closed());
    prepareRequestHeaders(req);
    this.#proxy.ws(req, socket as Socket, targetOptions(target), head).catch(() => socket.destroy());
  }

  #answer(answer: IncomingMessage, req: IncomingMessage, res: ServerResponse): void {
    const exchange = this.#exchanges.get(req);
    answer.once('error', () => exchange?.cut());
    try {
      writeHead(req, res, answer);
    } catch {
      answer.destroy();
      this.#failed(req, res);
      return;
    }
    exchange?.answered(answer.statusCode ?? 502);
    answer.once('end', () => res.addTrailers(answer.trailers as Record<string, string>));
    answer.pipe(res);
  }

  #watchUpgrade(out: ClientRequest, req: IncomingMessage, socket: Socket): void {
    const exchange = this.#exchanges.get(req);
    socket.once('close', () => out.destroy());
    out.once('response', (answer) => exchange?.answered(answer.statusCode ?? 502));
    out.once('upgrade', (_answer, upstream) => {
      exchange?.answered(101);
      socket.once('close', () => upstream.destroy());
    });
  }

  /** The color refused, or broke off. What the user has got of an answer cannot be taken back: httpxy cuts it. */
  #failed(req: IncomingMessage | undefined, res: ServerResponse | Socket | undefined): void {
    const exchange = req && this.#exchanges.get(req);
    if (req === undefined || res === undefined || exchange === undefined || exchange.isAnswered || res.destroyed) return;
    exchange.answered(502);
    if (res instanceof ServerResponse) answerText(req, res, 502, UNREACHABLE);
    else answerTextOnSocket(res, 502, UNREACHABLE);
  }
}
