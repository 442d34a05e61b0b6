import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';

/** A small server as a color: it says who it is in everything it answers. */
export interface Upstream {
  url: string;
  /** Paths whose user left before the answer ended. */
  aborted: string[];
  connections(): Promise<number>;
  close(): Promise<void>;
}

type Handler = (name: string, req: IncomingMessage, res: ServerResponse) => Promise<void> | void;

const HANDLERS: Record<string, Handler> = {
  '/': (name, _req, res) => {
    res.end(name);
  },
  '/stream': async (name, _req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let n = 0; n < 20; n += 1) {
      res.write(`data: ${name} ${n}\n\n`);
      await sleep(100);
    }
    res.end('data: end\n\n');
  },
  '/silent-stream': (_name, _req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  },
  '/hang': () => {},
  '/digest': async (_name, req, res) => {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of req) {
      hash.update(chunk);
      size += chunk.length;
    }
    res.end(JSON.stringify({ size, digest: hash.digest('hex'), trailers: req.trailers }));
  },
  '/echo': (_name, req, res) => {
    res.writeHead(200).flushHeaders();
    req.pipe(res);
  },
  '/too-large': (_name, _req, res) => {
    res.writeHead(413).end('too large');
  },
  '/request': (_name, req, res) => {
    res.end(JSON.stringify({ method: req.method, url: req.url, version: req.httpVersion, headers: req.headers }));
  },
  '/headers': (name, _req, res) => {
    res.writeHead(200, [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Connection', 'close, X-Hop'],
      ['X-Hop', 'one'],
      ['X-Version', name],
    ] as never);
    res.end(name);
  },
  '/trailers': (name, _req, res) => {
    res.writeHead(200, { trailer: 'x-digest' });
    res.write(name);
    res.addTrailers({ 'x-digest': 'abc' });
    res.end();
  },
  '/broken': (_name, _req, res) => {
    res.writeHead(500).end('broken');
  },
  '/refuses': (_name, req) => {
    req.socket.destroy();
  },
  '/dies': async (_name, _req, res) => {
    res.writeHead(200, { 'content-length': '1000' });
    res.write('half');
    await sleep(20);
    res.destroy();
  },
};

/** `port` 0 is any free one. */
export const startUpstream = async (name: string, port = 0): Promise<Upstream> => {
  const aborted: string[] = [];
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    const path = (req.url ?? '').split('?')[0]!;
    res.once('close', () => res.writableFinished || aborted.push(path));
    const handler = HANDLERS[path];
    if (handler === undefined) res.writeHead(404).end();
    else void handler(name, req, res);
  });
  const sockets = new WebSocketServer({ server, path: '/ws' });
  sockets.on('connection', (socket) => {
    socket.send(`hello from ${name}`);
    socket.on('message', (data) => socket.send(`${name}: ${data}`));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aborted,
    connections: () => promisify(server.getConnections.bind(server))(),
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
