import { isIPv6 } from 'node:net';

/** Where a server listens: "host:port" in the service file, an IPv6 host in brackets. */
export interface Address {
  host: string;
  port: number;
}

/** null where the text is not "host:port". Port 0 (any free one) is for tests; the service file does not take it. */
export const parseAddress = (text: string): Address | null => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535 || (match?.[1] !== undefined && !isIPv6(host))) return null;
  return { host, port };
};

export const formatAddress = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);

/** How this machine reaches a server that listens there: the wildcard addresses are none to connect to. */
export const urlOf = ({ host, port }: Address): string => {
  const wildcard = host === '0.0.0.0' || host === '::';
  return `http://${formatAddress({ host: wildcard ? '127.0.0.1' : host, port })}`;
};
