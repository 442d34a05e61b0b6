import { defineSearchAttributeKey } from '@temporalio/common';
import { expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contract.ts';
import { timeSkippingEnvironment, uniqueTaskQueue } from '../support/temporal.ts';

test('an hour passes in the time-skipping environment without waiting, and it knows the search attributes', async () => {
  const environment = await timeSkippingEnvironment();
  try {
    const before = await environment.currentTimeMs();
    await environment.sleep('1h');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(3_600_000);

    const start = (workflowId: string, names: readonly string[]) =>
      environment.client.workflow.start('anything', {
        workflowId,
        taskQueue: uniqueTaskQueue(),
        typedSearchAttributes: names.map((name) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value: 'a value' })),
      });
    await expect(start('refused', ['CutoverUnheardOf'])).rejects.toThrow();
    await start('accepted', SEARCH_ATTRIBUTES);
  } finally {
    await environment.teardown();
  }
});
