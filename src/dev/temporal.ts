import { dirname, join } from 'node:path';
import type { ResolvedConnection } from '../client/resolve.ts';
import { isLoopback } from '../providers/routers/local/address.ts';
import { parseAddress } from '../temporal/address.ts';
import { startDevServer } from '../temporal/devServer.ts';
import { prepareTemporal } from '../temporal/prepare.ts';
import { reachable } from '../temporal/reachable.ts';
import { DevError } from './errors.ts';
import { end, untilGone } from './identity.ts';
import type { Running } from './supervise.ts';
import { type Orphan, TemporalRecord } from './temporalRecord.ts';

export interface TemporalSettings {
  connection: ResolvedConnection;
  /** Of the service; the database lies beside it: services of one folder share a server. */
  stateDir: string;
  /** Of the web UI; without it the server's port + 1000, or a free one. */
  uiPort: number | undefined;
  say(line: string): void;
}

export interface RunningTemporal extends Running {
  address: string;
  /** http://host:port; null where the server is somebody else's. */
  ui: string | null;
  pid: number | null;
  /** 'started' just now, 'taken-over' from a `cutover dev` that was killed, or 'foreign': never stopped by us. */
  origin: 'started' | 'taken-over' | 'foreign';
}

const ANSWER_MS = 5_000;
const GRACE_MS = 8_000;

/** The Temporal server at the configured address: the one that answers there, else a dev server whose database outlives it. */
export async function startTemporal(settings: TemporalSettings, signal: AbortSignal): Promise<RunningTemporal> {
  const { address } = settings.connection;
  if (!isOfThisMachine(settings.connection)) return requireAnswer(settings.connection);
  const record = new TemporalRecord(dirname(settings.stateDir), parseAddress(address).port);
  const orphan = await record.orphan();
  const found = await reachable(address, { deadlineMs: ANSWER_MS });
  if (found === 'temporal') return orphan === null ? foreign(address) : takeOver(address, record, orphan);
  if (orphan !== null) await end(orphan.server, { graceMs: GRACE_MS, hard: signal });
  if (found === 'something-else' && orphan === null) {
    throw new DevError(`${address} is taken by a program that is no Temporal server: stop it, or choose another address with --address`);
  }
  return start(settings, record, signal);
}

/** A server is started on this machine only, and never where a configuration with credentials names a real one. */
const isOfThisMachine = ({ address, connectionOptions: { tls, apiKey } }: ResolvedConnection): boolean =>
  !tls && !apiKey && isLoopback(parseAddress(address).host);

/** Throws DevError. */
async function requireAnswer({ address, namespace, taskQueue }: ResolvedConnection): Promise<RunningTemporal> {
  const { connect } = await import('../client.ts');
  try {
    await (await connect({ address, namespace, taskQueue })).close();
    return foreign(address);
  } catch (error) {
    throw new DevError(`${(error as Error).message}; cutover dev starts one only at an address of this machine (--address 127.0.0.1:7233)`);
  }
}

const foreign = (address: string): RunningTemporal => ({
  address,
  ui: null,
  pid: null,
  origin: 'foreign',
  // Whoever started it looks after it.
  exited: new Promise(() => {}),
  stop: async () => {},
});

async function takeOver(address: string, record: TemporalRecord, { server, ui }: Orphan): Promise<RunningTemporal> {
  await record.write(server.pid, ui);
  return {
    address,
    ui,
    pid: server.pid,
    origin: 'taken-over',
    exited: untilGone(server).then(() => ({ how: 'nobody saw how', output: '' })),
    stop: (hard) => end(server, { graceMs: GRACE_MS, hard }),
  };
}

async function start(settings: TemporalSettings, record: TemporalRecord, signal: AbortSignal): Promise<RunningTemporal> {
  const { connection, stateDir, uiPort, say } = settings;
  const { path } = await prepareTemporal(say, signal);
  signal.throwIfAborted();
  const base = join(dirname(stateDir), `temporal-${parseAddress(connection.address).port}`);
  let recorded: Promise<unknown> = Promise.resolve();
  const server = await startDevServer({
    binary: path,
    address: connection.address,
    namespace: connection.namespace,
    uiPort,
    dbFile: `${base}.db`,
    logFile: `${base}.log`,
    detached: true,
    onSpawn: (pid) => {
      recorded = record.write(pid, null);
    },
  });
  await recorded;
  const identity = await record.write(server.pid, server.uiAddress);
  return {
    address: server.address,
    ui: server.uiAddress,
    pid: server.pid,
    origin: 'started',
    exited: server.exited.then(({ how, lastLines }) => ({ how, output: lastLines })),
    stop: (hard) => end(identity, { graceMs: GRACE_MS, hard }),
  };
}
