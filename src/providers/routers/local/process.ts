import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../../core/failure.ts';
import { type Address, formatAddress, isLoopback, parseAddress, urlOf } from './address.ts';
import { routerStatus } from './admin.ts';
import { createMetricsServer, listenAdmin } from './adminServer.ts';
import { chooseAdminSocket, publishAdminSocket } from './adminSocket.ts';
import { Counters } from './counters.ts';
import { Front } from './front.ts';
import { Switchboard } from './switchboard.ts';

export interface RouterOptions {
  service: string;
  /** host:port that users connect to; port 0 is any free one. */
  listen: string;
  /** host:port of this machine where Prometheus may read /metrics. */
  metricsListen?: string | undefined;
  /** Absolute: where the routing is kept. */
  stateDir: string;
}

export interface RunningRouter {
  /** Where users connect to: http://host:port. */
  address: string;
  metricsAddress: string | null;
  /** Lets requests in flight end for a few seconds, then ends. */
  close(): Promise<void>;
}

const addressOf = (key: string, text: string): Address => {
  const address = parseAddress(text);
  if (address === null) throw new Failure('InvalidConfiguration', `${key}: "${text}" is not an address like 127.0.0.1:8080`);
  return address;
};

const loopbackOf = (key: string, text: string): Address => {
  const address = addressOf(key, text);
  if (!isLoopback(address.host)) throw new Failure('InvalidConfiguration', `${key}: "${text}" is not an address of this machine only`);
  return address;
};

/** Resolves to where it listens. A taken port is one clear error. */
const listen = (server: Server, address: Address): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the address is already in use' : error.message;
      reject(new Failure('InvalidConfiguration', `the router cannot listen on ${formatAddress(address)}: ${why}`));
    });
    server.listen(address, () => resolve(urlOf({ host: address.host, port: (server.address() as AddressInfo).port })));
  });

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const refuseSecond = async (stateDir: string, service: string): Promise<void> => {
  const status = await routerStatus(stateDir, service);
  if (status.running) throw new Failure('InvalidConfiguration', `the router of ${service} is already running (pid ${status.pid})`);
};

/** Runs the router in this process until it is closed. Throws InvalidConfiguration, with nothing left open, where it cannot. */
export const runRouter = async (options: RouterOptions): Promise<RunningRouter> => {
  const { service, stateDir } = options;
  const front = addressOf('listen', options.listen);
  const metrics = options.metricsListen === undefined ? null : loopbackOf('metricsListen', options.metricsListen);
  await mkdir(stateDir, { recursive: true });
  await refuseSecond(stateDir, service);

  const counters = new Counters();
  const switchboard = await Switchboard.open(stateDir, counters);
  const users = new Front(service, switchboard, counters);
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    // The front address first: of two routers that start at once only one gets it, and the other touches nothing.
    const address = await listen(users.server, front);
    opened.push(() => users.close());
    const administered = { about: { service, address, startedAt: Date.now() }, switchboard, counters };
    const metricsServer = metrics && createMetricsServer(administered);
    const metricsAddress = metrics && metricsServer && (await listen(metricsServer, metrics));
    if (metricsServer) opened.push(() => closeServer(metricsServer));
    const socketPath = await chooseAdminSocket(stateDir);
    const admin = await listenAdmin(administered, socketPath);
    opened.push(() => closeServer(admin));
    await publishAdminSocket(stateDir, socketPath);
    return { address, metricsAddress, close };
  } catch (error) {
    await close();
    throw error;
  }
};
