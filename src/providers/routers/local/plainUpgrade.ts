import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Only WebSockets go through as an upgrade. */
export const isWebSocket = (req: IncomingMessage): boolean => req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';

/**
 * An upgrade to anything else is an offer that a server may ignore (RFC 9110 7.8), and Java's HTTP client makes one
 * ("h2c") with every first request. Node has let go of the connection by then: it gets the request again, without the offer.
 */
export const serveWithoutUpgrade = (server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  const dropped = ['connection', 'upgrade', 'http2-settings'];
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at]!;
    if (!dropped.includes(name.toLowerCase())) lines.push(`${name}: ${req.rawHeaders[at + 1]}`);
  }
  if (/\bclose\b/i.test(req.headers.connection ?? '')) lines.push('Connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
};
