/** Where a cluster asks whether a worker lives and works: `GET /livez`, `GET /readyz`. */
import { createServer, type Server } from 'node:http';

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Listens at all addresses: a cluster asks at the pod's own. `/livez` is 200 for as long as this process answers at all, whatever
 * Temporal does: a restart would not bring Temporal back. `/readyz` is 200 while `state()` is RUNNING, else 503 with the state.
 * Throws the system's error where the port cannot be had.
 */
export async function serveHealth(port: number, state: () => string): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const [status, text] = answerTo(request.url ?? '', state);
    response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${text}\n`);
  });
  await listening(server, port);
  // The process ends when its work is done.
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(url: string, state: () => string): [status: number, text: string] {
  const [path] = url.split('?');
  if (path === '/livez') return [200, 'ok'];
  if (path !== '/readyz') return [404, 'there are /livez and /readyz'];
  const now = state();
  return [now === 'RUNNING' ? 200 : 503, now];
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve());
  });
