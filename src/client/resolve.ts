import type { ConnectionOptions } from '@temporalio/client/lib/connection.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../contract.ts';

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

/** Throws an Error where the configuration itself is wrong (an unknown profile, a file that is not TOML). */
export function resolveConnection(options: ConnectOptions = {}): ResolvedConnection {
  const { connectionOptions, namespace } = environmentConfiguration();
  const address = options.address ?? connectionOptions.address ?? '127.0.0.1:7233';
  return {
    address,
    namespace: options.namespace ?? namespace ?? 'default',
    taskQueue: options.taskQueue ?? (process.env.CUTOVER_TASK_QUEUE || TASK_QUEUE),
    connectionOptions: { ...(connectionOptions as ConnectionOptions), address },
  };
}

/** A temporal.toml without any profile (an empty file) makes the SDK stumble with a TypeError: it configures nothing. */
function environmentConfiguration(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    if (error instanceof TypeError && !process.env.TEMPORAL_PROFILE) return loadClientConnectConfig({ disableFile: true });
    throw error;
  }
}
