import { Connection, type ConnectionOptions } from '@temporalio/client/lib/connection.js';
import { WorkflowClient } from '@temporalio/client/lib/workflow-client.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../contract.ts';
import { ClientError, grpcTrouble } from './errors.ts';

/** What wins over Temporal's own environment configuration (TEMPORAL_ADDRESS, profiles, TLS, API keys). */
export interface ConnectOptions {
  /** host:port */
  address?: string | undefined;
  namespace?: string | undefined;
  taskQueue?: string | undefined;
}

export interface ResolvedConnection {
  address: string;
  namespace: string;
  taskQueue: string;
  connectionOptions: ConnectionOptions;
}

export interface Link extends ResolvedConnection {
  connection: Connection;
  workflows: WorkflowClient;
}

/** A server that restarts is waited for, but whoever calls has an answer within ten seconds. */
const CONNECT_TIMEOUT_MS = 8_000;

/** Throws an Error where the configuration itself is wrong (an unknown profile, a file that is not TOML). */
export function resolveConnection(options: ConnectOptions = {}): ResolvedConnection {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = options.address ?? connectionOptions.address ?? '127.0.0.1:7233';
  return {
    address,
    namespace: options.namespace ?? namespace ?? 'default',
    taskQueue: options.taskQueue ?? (process.env.CUTOVER_TASK_QUEUE || TASK_QUEUE),
    connectionOptions: { ...(connectionOptions as ConnectionOptions), address },
  };
}

/** Throws ClientError NoServer. */
export async function connectLink(options: ConnectOptions): Promise<Link> {
  const resolved = resolve(options);
  const { address, namespace } = resolved;
  const connection = Connection.lazy({
    ...resolved.connectionOptions,
    // A lost server is found again within two seconds of its return; the default waits up to two minutes.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 2_000 },
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    const why = grpcTrouble(error);
    const detail = why?.kind === 'other' ? `: ${why.message}` : '';
    throw new ClientError('NoServer', `no Temporal server answers at ${address}${detail}`, { cause: error });
  }
  const workflows = new WorkflowClient({ connection, namespace, queryRejectCondition: 'NOT_OPEN' });
  return { ...resolved, connection, workflows };
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
  new ClientError('NoWorker', `no worker answers on task queue ${link.taskQueue}: start one with \`cutover worker\` or \`cutover dev\``);

export const connectionLost = (link: Link, cause: unknown): ClientError =>
  new ClientError('NoServer', `the connection to the Temporal server at ${link.address} was lost`, { cause });
