/** A real server in place of the one that skips time, for what that one does otherwise. Hours are hours here. */
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../src/contract.ts';
import { devServer } from '../support/temporal.ts';

export async function realEnvironment(): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  const server = await devServer();
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  const keyword = encodeSearchAttributeIndexedValueType('KEYWORD')!;
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, keyword])),
  });
  const close = environment.teardown.bind(environment);
  environment.teardown = async () => {
    await close();
    await server.stop();
  };
  return environment;
}
