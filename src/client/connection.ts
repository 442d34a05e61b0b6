import { Connection, type ConnectionOptions } from '@temporalio/client/lib/connection.js';
import { WorkflowClient } from '@temporalio/client/lib/workflow-client.js';
import { ClientError, grpcTrouble } from './errors.ts';
import { ownPace } from './pace.ts';
import { type ConnectOptions, type ResolvedConnection, resolveConnection } from './resolve.ts';

export { type ConnectOptions, resolveConnection } from './resolve.ts';

export interface Link extends ResolvedConnection {
  connection: Connection;
  workflows: WorkflowClient;
}

/** A server that restarts is waited for, but whoever calls has an answer within ten seconds. */
const CONNECT_TIMEOUT_MS = 6_000;
/** Unless the caller itself is so slow: then it is tried for so long. */
const STARVED_MS = 60_000;

/** Throws ClientError NoServer. */
export async function connectLink(options: ConnectOptions): Promise<Link> {
  const resolved = resolve(options);
  const { address, namespace } = resolved;
  const connection = await connected({
    ...resolved.connectionOptions,
    // A lost server is found again within two seconds of its return; the default waits up to two minutes.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 2_000 },
    connectTimeout: CONNECT_TIMEOUT_MS,
  }).catch((error: unknown) => {
    if (error instanceof ClientError) throw error;
    const why = grpcTrouble(error);
    const detail = why?.kind === 'other' ? `: ${why.message}` : '';
    const cure = 'start one with `cutover dev`, or say where it is with --address or TEMPORAL_ADDRESS';
    throw new ClientError('NoServer', `no Temporal server answers at ${address}${detail}: ${cure}`, { cause: error });
  });
  const workflows = new WorkflowClient({ connection, namespace, queryRejectCondition: 'NOT_OPEN' });
  return { ...resolved, connection, workflows };
}

async function connected(options: ConnectionOptions): Promise<Connection> {
  const begun = Date.now();
  for (;;) {
    const pace = ownPace();
    const connection = lazily(options);
    try {
      await connection.ensureConnected();
      return connection;
    } catch (error) {
      await connection.close();
      if (!pace.isStarved() || Date.now() - begun > STARVED_MS) throw error;
    } finally {
      pace.end();
    }
  }
}

function lazily(options: ConnectionOptions): Connection {
  try {
    return Connection.lazy(options);
  } catch (error) {
    throw new ClientError('Invalid', `"${options.address}" is no address of a Temporal server: write it as host:port`, { cause: error });
  }
}

function resolve(options: ConnectOptions): ResolvedConnection {
  try {
    return resolveConnection(options);
  } catch (error) {
    throw new ClientError('Invalid', `Temporal's environment configuration: ${(error as Error).message}`, { cause: error });
  }
}

/** Runs `call` with a time limit for every request in it. */
export const within = <T>(link: Link, ms: number, call: () => Promise<T>): Promise<T> =>
  link.connection.withDeadline(Date.now() + ms, call);

/** Whether the server itself answers: tells a missing worker from a missing server. */
export async function serverAnswers(link: Link): Promise<boolean> {
  try {
    await within(link, 1_500, () => link.connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

export const noWorker = (link: Link): ClientError =>
  new ClientError(
    'NoWorker',
    `no worker answers on task queue ${link.taskQueue}: start one with \`cutover worker\` or \`cutover dev\`; where one runs, its log and the Temporal server's say why`,
  );

export const busyWorkers = (link: Link): ClientError =>
  new ClientError(
    'NoWorker',
    `the workers on task queue ${link.taskQueue} are busy: none has answered in time; try again, or run more of them`,
  );

export const connectionLost = (link: Link, cause: unknown): ClientError =>
  new ClientError('NoServer', `the connection to the Temporal server at ${link.address} was lost`, { cause });
