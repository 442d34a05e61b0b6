/** What stands between cutover and the emulator in the demo: it passes every request on as it is, and remembers what was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { HOST } from '../ports.ts';

export interface LoggedRequest {
  /** ModifyListener */
  operation: string;
  /** When it was answered, epoch ms. */
  at: number;
}

export interface RequestLog {
  /** What AWS_ENDPOINT_URL is to be. */
  url: string;
  /** Answered ones, in the order of their answers. */
  requests: LoggedRequest[];
  close(): Promise<void>;
}

export async function startRequestLog(upstream: string, onRequest: (asked: LoggedRequest) => void): Promise<RequestLog> {
  const requests: LoggedRequest[] = [];
  const server = createServer((req, res) => {
    pass(req, res, upstream).then(
      (operation) => {
        const asked = { operation, at: Date.now() };
        requests.push(asked);
        onRequest(asked);
      },
      // A client takes a broken connection for what it is.
      () => res.destroy(),
    );
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Resolves to the operation when its answer is on its way. */
async function pass(req: IncomingMessage, res: ServerResponse, upstream: string): Promise<string> {
  const body = await buffer(req);
  const { method, headers } = req;
  const sent = request(new URL(req.url ?? '/', upstream), { method: method!, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const answered = await buffer(answer);
  res.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
  return operationOf(req, body.toString('utf8'));
}

/** In the protocols of the services that the demo uses. */
function operationOf({ headers, method, url }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1)!;
  return new URLSearchParams(body).get('Action') ?? `${method} ${url}`;
}
