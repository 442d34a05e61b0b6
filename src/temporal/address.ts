import { isIP } from 'node:net';
import { TemporalServerError } from './errors.ts';

export interface HostAndPort {
  host: string;
  port: number;
}

/** Reads `127.0.0.1:7233`, `localhost:7233`, `[::1]:7233`. @throws TemporalServerError when it is none of them. */
export function parseAddress(address: string): HostAndPort {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  if (!host || port < 1 || port > 65_535) throw new TemporalServerError(`${address} is not an address of the form host:port`);
  return { host, port };
}

export const formatAddress = ({ host, port }: HostAndPort): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The address that a server of this machine can listen at. @throws TemporalServerError for the name of another machine. */
export function listenAddress(address: string): HostAndPort {
  const { host, port } = parseAddress(address);
  if (host === 'localhost') return { host: '127.0.0.1', port };
  if (isIP(host)) return { host, port };
  throw new TemporalServerError(`no Temporal server can be started at ${address}: ${host} is not an address of this machine`);
}
