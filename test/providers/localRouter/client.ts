import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  trailers: NodeJS.Dict<string>;
  body: string;
  /** The port that the request came from: the same as before on a kept connection. */
  localPort: number;
}

/** Rejects where the answer breaks off. */
export const get = (url: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const req = request(url, { agent: false, ...options }, async (res) => {
      const localPort = res.socket.localPort!;
      const { statusCode, headers, trailers } = res;
      text(res).then((received) => resolve({ status: statusCode!, headers, trailers, body: received, localPort }), reject);
    });
    req.once('error', reject);
    req.end(body);
  });

export const keepAliveAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** What comes back for these very bytes until the connection ends. */
export const raw = (url: string, bytes: string): Promise<string> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
  return text(socket);
};
