import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { Failure } from '../../../core/failure.ts';
import type { Counters } from './counters.ts';
import type { CountersDocument } from './counts.ts';
import type { Switchboard } from './switchboard.ts';

const changeSchema = z.object({
  to: z.enum(['blue', 'green']),
  upstream: z.url({ protocol: /^https?$/ }),
  from: z.object({ to: z.enum(['blue', 'green', 'none', 'other']), summary: z.string() }),
});

/** What the admin server tells about the process besides its routing. */
export interface About {
  service: string;
  /** Where users connect to: http://host:port. */
  address: string;
  startedAt: number;
}

export interface Administered {
  about: About;
  switchboard: Switchboard;
  counters: Counters;
}

type Handler = (administered: Administered, req: IncomingMessage) => Promise<{ type: string; body: string }>;

const json = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) });

const readRouting: Handler = async ({ about, switchboard }) => json({ pid: process.pid, ...about, ...switchboard.state });

const changeRouting: Handler = async (administered, req) => {
  const change = changeSchema.safeParse(JSON.parse(await text(req)));
  if (!change.success) throw new Failure('InvalidConfiguration', z.prettifyError(change.error));
  await administered.switchboard.change(change.data);
  return readRouting(administered, req);
};

const readCounters: Handler = async ({ about, switchboard, counters }) => {
  const document: CountersDocument = { startedAt: about.startedAt, ...(await counters.counts()), atSwitch: switchboard.atSwitch };
  return json(document);
};

const readMetrics: Handler = async ({ counters }) => ({ type: counters.contentType, body: await counters.text() });

const METRICS_ONLY: Record<string, Handler> = { 'GET /metrics': readMetrics };

const ALL: Record<string, Handler> = {
  ...METRICS_ONLY,
  'GET /routing': readRouting,
  'PUT /routing': changeRouting,
  'GET /counters': readCounters,
};

const sendFailure = (res: ServerResponse, error: unknown): void => {
  const failure = error instanceof Failure ? error : new Failure('Unavailable', (error as Error).message);
  res.writeHead(failure.type === 'Drift' ? 409 : 500, { 'content-type': 'application/json' });
  res.end(JSON.stringify({ error: { type: failure.type, message: failure.message, details: failure.details } }));
};

const serve = (administered: Administered, handlers: Record<string, Handler>): Server =>
  createServer((req, res) => {
    const handler = handlers[`${req.method} ${req.url}`];
    if (handler === undefined) {
      res.writeHead(404, { 'content-type': 'text/plain' }).end(`not found; here is: ${Object.keys(handlers).join(', ')}\n`);
      return;
    }
    handler(administered, req).then(
      ({ type, body }) => res.writeHead(200, { 'content-type': type }).end(body),
      (error) => sendFailure(res, error),
    );
  });

/** For Prometheus: it reads, and can change nothing. */
export const createMetricsServer = (administered: Administered): Server => serve(administered, METRICS_ONLY);

/** On a Unix socket: neither users of the front address nor other machines nor other users of this one get there. */
export const listenAdmin = async (administered: Administered, socketPath: string): Promise<Server> => {
  const server = serve(administered, ALL);
  // What a killed router has left; that no other one lives was asked before.
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return server;
};
