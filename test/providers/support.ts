import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, ProviderContext } from '../../src/providers/types.ts';

/** A call that nobody interrupts. */
export const call: Call = { signal: new AbortController().signal, heartbeat: () => {} };

export async function temporaryContext(service = 'shop'): Promise<ProviderContext & { discard(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  return {
    service,
    folder,
    stateDir: join(folder, '.state'),
    endpoints: { blue: null, green: null, preview: null },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A zombie does not live: where nobody reaps orphans, it stays in the process table. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
