import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../contract.ts';
import { formatAddress, type HostAndPort, listenAddress } from './address.ts';
import { type ServerExit, type ServerProcess, startServerProcess } from './devServerProcess.ts';
import { TemporalServerError } from './errors.ts';
import { freePort, portFault } from './ports.ts';
import { untilUsable } from './usable.ts';

export interface DevServerOptions {
  /** The temporal CLI. */
  binary: string;
  /** Where it is to listen: `127.0.0.1:7233`. */
  address: string;
  /** Of the web UI. Default: the port of the server + 1000, or a free one where that is taken. */
  uiPort?: number | undefined;
  /** The SQLite database; it and its folder are made. Without it everything is lost when the server stops. */
  dbFile?: string | undefined;
  /** Gets what the server prints; it and its folder are made. Default: a temporary file that ends with the server. */
  logFile?: string | undefined;
  /** Made besides `default`. Default: `default`. */
  namespace?: string | undefined;
  /** In a process group of its own, so that Ctrl-C in the terminal does not end it, and this process can end without it. */
  detached?: boolean | undefined;
  /** Told its process id at once, so that whoever keeps a record of it loses none, even if killed while it starts. */
  onSpawn?: ((pid: number) => void) | undefined;
}

export interface DevServer {
  address: string;
  /** Of the web UI: `http://127.0.0.1:8233`. */
  uiAddress: string;
  pid: number;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves when it has ended, whoever ended it. */
  exited: Promise<ServerExit>;
}

// Each hop of a task takes 45 ms with the server's defaults, and 10 ms with these.
const DYNAMIC_CONFIG = ['history.transferProcessorMaxPollRPS=2000', 'system.enableActivityEagerExecution=true'];

/**
 * Starts a Temporal dev server and waits until workflows can be started on it (about a second).
 * @throws TemporalServerError when a port is taken, it ends early (with its last lines), or does not answer within a minute.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const frontend = listenAddress(options.address);
  await assertFree(frontend, 'the Temporal server');
  const ui = { host: frontend.host, port: await uiPort(frontend, options.uiPort) };
  if (options.dbFile) await mkdir(dirname(options.dbFile), { recursive: true });
  const log = await logFile(options.logFile);
  const server = startServerProcess({
    binary: options.binary,
    args: serverArguments(options, frontend, ui.port),
    logFile: log.path,
    detached: options.detached ?? false,
  });
  server.exited.then(log.remove);
  if (server.pid() !== undefined) options.onSpawn?.(server.pid());
  await usableOrStopped(server, formatAddress(frontend), options.namespace ?? 'default');
  return {
    address: formatAddress(frontend),
    uiAddress: `http://${formatAddress(ui)}`,
    pid: server.pid(),
    stop: server.stop,
    exited: server.exited,
  };
}

/**
 * Each step of a deployment is some transactions, and SQLite's default syncs the disk several times in each. Like this the file
 * survives the end of any process, as before; only a power cut can take the last moment, with all that ran on this machine.
 */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

function serverArguments(options: DevServerOptions, { host, port }: HostAndPort, uiPort: number): string[] {
  return [
    ...['server', 'start-dev', '--log-level', 'warn'],
    ...['--ip', host, '--port', String(port), '--ui-port', String(uiPort)],
    ...(options.dbFile ? ['--db-filename', options.dbFile, ...PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma])] : []),
    ...(options.namespace && options.namespace !== 'default' ? ['--namespace', options.namespace] : []),
    ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

async function usableOrStopped(server: ServerProcess, address: string, namespace: string): Promise<void> {
  const ended = server.exited.then((exit) => {
    throw new TemporalServerError(`the Temporal dev server for ${address} ended at once (${exit.how}):\n${exit.lastLines}`);
  });
  const waiting = new AbortController();
  try {
    await Promise.race([untilUsable({ address, namespace, deadlineMs: 60_000, signal: waiting.signal }), ended]);
  } catch (error) {
    waiting.abort();
    await server.stop();
    throw error;
  }
}

async function assertFree(at: HostAndPort, what: string): Promise<void> {
  const fault = await portFault(at);
  if (fault) throw new TemporalServerError(`${what} cannot listen at ${formatAddress(at)} (port ${at.port}): ${fault}`);
}

async function uiPort({ host, port }: HostAndPort, asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    await assertFree({ host, port: asked }, 'the Temporal UI');
    return asked;
  }
  const usual = port + 1000;
  return usual <= 65_535 && (await portFault({ host, port: usual })) === null ? usual : freePort(host);
}

async function logFile(asked: string | undefined): Promise<{ path: string; remove(): Promise<void> }> {
  if (asked) {
    await mkdir(dirname(asked), { recursive: true });
    return { path: asked, remove: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'cutover-temporal-'));
  return { path: join(folder, 'server.log'), remove: () => rm(folder, { recursive: true, force: true }) };
}
