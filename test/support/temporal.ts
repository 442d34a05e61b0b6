import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract.ts';
import { startDevServer } from '../../src/temporal/devServer.ts';
import { freePort } from '../../src/temporal/ports.ts';

/**
 * A server that skips time, with cutover's search attributes. Time is skipped while a workflow's result is awaited and by
 * `environment.sleep`. Tests that share one run one after the other, each with its own task queue.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('temporalTestServer') } },
  });
  const keyword = encodeSearchAttributeIndexedValueType('KEYWORD')!;
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, keyword])),
  });
  return environment;
}

/** A real server on a port of its own, with a database that ends with it. */
export async function devServer(): Promise<{ address: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  const server = await startDevServer({
    binary: inject('temporalBinary'),
    address: `127.0.0.1:${await freePort('127.0.0.1')}`,
    dbFile: join(folder, 'temporal.db'),
  });
  const stop = async () => {
    // Nobody needs what it would write in its last seconds.
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    await rm(folder, { recursive: true, force: true });
  };
  return { address: server.address, stop };
}

export const uniqueTaskQueue = (): string => `cutover-test-${randomUUID()}`;
