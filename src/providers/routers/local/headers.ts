import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PROBE_HEADER } from '../../../core/routing.ts';
import { isLoopback } from './address.ts';

/** RFC 9110 7.6.1: they speak of one connection, and ours to the color is not the user's to us. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];

/** Without these a body would lose its frame, or a request its address: no `Connection` can take them away. */
const KEPT = ['content-length', 'host'];

const namedBy = (connection: string | undefined): string[] =>
  (connection ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => !KEPT.includes(name));

/** Raw headers are one list: name, value, name, value … */
export const without = (rawHeaders: string[], names: string[]): string[] =>
  rawHeaders.filter((_, at) => !names.includes(rawHeaders[at - (at % 2)]!.toLowerCase()));

/** The raw headers of an answer for the user, as the color sent them but for those of its connection. */
export const answerHeaders = (answer: IncomingMessage): string[] =>
  without(answer.rawHeaders, [...HOP_BY_HOP, ...namedBy(answer.headers.connection)]);

/** Where a proxy before us has said more than we can know; anybody who is not on this machine may claim anything. */
const fromTrustedProxy = (headers: IncomingHttpHeaders, peer: string, name: string): string | undefined => {
  const value = headers[name];
  return isLoopback(peer) && typeof value === 'string' && value !== '' ? value : undefined;
};

const setForwarded = (headers: IncomingHttpHeaders, peer: string): void => {
  const chain = fromTrustedProxy(headers, peer, 'x-forwarded-for');
  headers['x-forwarded-for'] = chain === undefined ? peer : `${chain}, ${peer}`;
  headers['x-forwarded-proto'] = fromTrustedProxy(headers, peer, 'x-forwarded-proto') ?? 'http';
  const host = fromTrustedProxy(headers, peer, 'x-forwarded-host') ?? headers.host;
  // HTTP/1.0 knows no Host.
  if (host !== undefined) headers['x-forwarded-host'] = host;
};

/** A confirmation by a worker on this machine. */
export const isOwnProbe = (req: IncomingMessage): boolean => req.headers[PROBE_HEADER] !== undefined && isLoopback(peerOf(req));

const peerOf = (req: IncomingMessage): string => (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');

/** Turns the headers of a user's request, in place, into those that a color gets. `Host` stays the user's. */
export const prepareRequestHeaders = (req: IncomingMessage): void => {
  const { headers } = req;
  const chunked = headers['transfer-encoding'];
  const upgrade = headers.upgrade;
  for (const name of [...HOP_BY_HOP, ...namedBy(headers.connection)]) delete headers[name];
  // Node has sent "100 Continue" itself: the color need not be asked, too.
  delete headers.expect;
  if (chunked !== undefined) headers['transfer-encoding'] = chunked;
  else delete headers.trailer;
  if (upgrade?.toLowerCase() === 'websocket') Object.assign(headers, { upgrade, connection: 'Upgrade' });
  setForwarded(headers, peerOf(req));
};

/** RFC 9112 3.2.2: a server has to take "GET http://host/path" as well; its host then is the one that counts. */
export const useOriginForm = (req: IncomingMessage): void => {
  const match = /^https?:\/\/([^/?#]+)(.*)$/i.exec(req.url ?? '');
  if (match === null) return;
  req.headers.host = match[1]!;
  req.url = match[2]!.startsWith('/') ? match[2]! : `/${match[2]}`;
};
