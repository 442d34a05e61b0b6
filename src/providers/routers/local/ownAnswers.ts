import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const headersOf = (text: string) => ({ 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) });

/** An answer of the router's own. The rest of the request is read and dropped, so that the user's connection stays good. */
export const answerText = (req: IncomingMessage, res: ServerResponse, status: number, text: string): void => {
  req.unpipe();
  req.resume();
  res.writeHead(status, headersOf(text));
  res.end(text);
};

/** The same where Node has handed out the bare connection for an upgrade. */
export const answerTextOnSocket = (socket: Duplex, status: number, text: string): void => {
  const headers = Object.entries({ ...headersOf(text), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${text}`);
};
