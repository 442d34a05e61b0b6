/** A server on loopback that answers every request with what it is told at that moment: a status and a body. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AnsweringServer {
  url: string;
  close(): Promise<void>;
}

/** 502 where there is no answer. */
export async function startAnswering(answer: () => Promise<[number, string]>): Promise<AnsweringServer> {
  const server = createServer((_, response) => {
    answer().then(
      ([status, body]) => response.writeHead(status).end(body),
      () => response.writeHead(502).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
