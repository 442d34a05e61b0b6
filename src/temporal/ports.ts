import { createServer } from 'node:net';
import type { HostAndPort } from './address.ts';
import { messageOf } from './errors.ts';

/** Why nothing can listen there; null when it is free. */
export async function portFault(at: HostAndPort): Promise<string | null> {
  const error = await listenError(at);
  return error?.code === 'EADDRINUSE' ? 'something else listens there' : error && messageOf(error);
}

/** What the system says to whoever wants to listen there; null when it is free. */
export const listenError = ({ host, port }: HostAndPort): Promise<NodeJS.ErrnoException | null> =>
  listenOnce(host, port).then(
    () => null,
    (error) => error,
  );

/** A port of this host that was free a moment ago. */
export const freePort = (host: string): Promise<number> => listenOnce(host, 0);

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
