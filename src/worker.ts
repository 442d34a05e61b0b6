/** The worker: connects, checks what it needs on the server, runs workflows and activities until it is told to stop. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { DefaultLogger, NativeConnection, type NativeConnectionOptions, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { type ConnectOptions, resolveConnection } from './client/resolve.ts';
import { SEARCH_ATTRIBUTES } from './contract.ts';
import { serveHealth } from './workerHealth.ts';

/** A wait of at most 2 s on a dead worker's cache instead of 10: what an operator's rollback waits after a crash. */
const STICKY_TIMEOUT = '2s';
/** Longer than any router write: a worker that stops finishes the switch that it has begun. */
const SHUTDOWN_GRACE = '35s';
/** A monitoring window holds an activity slot while it lasts; the SDK's 100 would stop the 101st deployment. */
const ACTIVITY_SLOTS = 2_000;
/** Waiting services cost a replay of a few milliseconds when they are woken; keeping all in memory costs more. */
const CACHED_WORKFLOWS = 500;

const GRPC_ALREADY_EXISTS = 6;
const GRPC_PERMISSION_DENIED = 7;
const GRPC_UNIMPLEMENTED = 12;

export interface WorkerCommand extends ConnectOptions {
  /** Where a cluster asks whether it lives and works (workerHealth.ts). */
  healthPort?: number | undefined;
}

/**
 * Resolves when the worker has been shut down (SIGINT, SIGTERM); `onReady` is called when it begins to work.
 * Throws an Error that says what is missing on the server.
 */
export async function runWorker(options: WorkerCommand, onReady: () => void = () => {}): Promise<void> {
  let state = () => 'CONNECTING';
  const health = options.healthPort === undefined ? null : await serveHealth(options.healthPort, () => state());
  try {
    await connectAndRun(options, (worker) => {
      state = () => worker.getState();
      onReady();
    });
  } finally {
    await health?.close();
  }
}

async function connectAndRun(options: ConnectOptions, onReady: (worker: Worker) => void): Promise<void> {
  const { address, namespace, taskQueue, connectionOptions } = resolveConnection(options);
  Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  const connection = await connect(address, connectionOptions as NativeConnectionOptions);
  try {
    await registerSearchAttributes(connection, namespace);
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      ...workflowCode(),
      activities: createActivities(),
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
      shutdownGraceTime: SHUTDOWN_GRACE,
      maxConcurrentActivityTaskExecutions: ACTIVITY_SLOTS,
      maxCachedWorkflows: CACHED_WORKFLOWS,
    });
    process.stderr.write(`the worker is ready on task queue ${taskQueue} at ${address}\n`);
    onReady(worker);
    await worker.run();
  } finally {
    await connection.close();
  }
}

/** Nothing where the server does not let this worker ask: then it is taken for granted, and said. */
async function registeredSearchAttributes(connection: NativeConnection, namespace: string): Promise<string[] | undefined> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(customAttributes ?? {});
  } catch (error) {
    const { code } = error as { code?: number };
    if (code !== GRPC_PERMISSION_DENIED && code !== GRPC_UNIMPLEMENTED) throw error;
    process.stderr.write(`the server does not say which search attributes it knows; needed are ${SEARCH_ATTRIBUTES.join(', ')}\n`);
    return undefined;
  }
}

async function connect(address: string, options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    throw new Error(`no Temporal server answers at ${address}`, { cause: error });
  }
}

/** The bundle that the build made; in a checkout that runs from source, the source. */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)) };
}

/**
 * An attribute that is not registered would stop every workflow task for ever, so this is settled before any is taken.
 * Registering is what a dev server allows; where rights are missing (Temporal Cloud) the error says what to register.
 */
async function registerSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const registered = await registeredSearchAttributes(connection, namespace);
  const missing = registered ? SEARCH_ATTRIBUTES.filter((name) => !registered.includes(name)) : [];
  if (missing.length === 0) return;
  const keyword = encodeSearchAttributeIndexedValueType('KEYWORD')!;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    if ((error as { code?: number }).code === GRPC_ALREADY_EXISTS) return;
    const command = `temporal operator search-attribute create --namespace ${namespace} ${missing.map((name) => `--name ${name} --type Keyword`).join(' ')}`;
    throw new Error(`search attributes are missing in namespace ${namespace}: ${missing.join(', ')}. Register them: ${command}`, {
      cause: error,
    });
  }
}
