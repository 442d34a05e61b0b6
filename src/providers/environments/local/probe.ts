import { get } from 'node:http';

const TIMEOUT_MS = 2_000;

/** What the readiness path answered: ready is any 2xx. `says` tells a person, and what to do about it. */
export interface ProbeAnswer {
  ready: boolean;
  says: string;
}

/** One GET over a connection of its own: a kept one could end at a process that is no longer meant. */
export function probe(port: number, path: string, signal: AbortSignal): Promise<ProbeAnswer> {
  const url = `http://127.0.0.1:${port}${path}`;
  return new Promise((resolve) => {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const request = get(url, { agent: false, signal: AbortSignal.any([signal, limit]) }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve({ ready: status >= 200 && status < 300, says: `GET ${url} answered ${status}${hint(status)}` });
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve({ ready: false, says: `nothing listens on port ${port}` });
      else if (limit.aborted) resolve({ ready: false, says: `GET ${url} did not answer within ${TIMEOUT_MS / 1000} s` });
      else resolve({ ready: false, says: `GET ${url} failed: ${error.message}` });
    });
  });
}

const hint = (status: number): string => (status === 404 ? '; set environment.readiness.path' : '');
