import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below all ports that systems give to outgoing connections and to whoever listens on 0: a color's port stays unused between two
 * deployments, and nobody may get it meanwhile.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/** Ports of 127.0.0.1 that stay free until they are used. */
export async function lastingPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
