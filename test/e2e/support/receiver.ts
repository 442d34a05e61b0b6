import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { StatusDocument } from '../../../src/contract.ts';

export interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
  document: { id: string; event: string; at: string; status: StatusDocument };
}

/** Somebody's program that gets what cutover tells. */
export interface Receiver {
  url: string;
  deliveries: Delivery[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    deliveries.push({ headers: request.headers, body, document: JSON.parse(body) });
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As a receiver checks it who knows nothing but the manual. */
export const isSignedWith = (secret: string, { headers, body }: Delivery): boolean =>
  headers['x-cutover-signature'] ===
  `sha256=${createHmac('sha256', secret).update(`${headers['x-cutover-timestamp']}.${body}`).digest('hex')}`;
