/** What runs today has to go on with the workflow code of tomorrow: no change may contradict a history. */
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { workflowBundle } from '../workflows/bundle.ts';
import { historiesOf, recordedPaths } from './histories.ts';
import { PATHS } from './paths.ts';

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'OFF' as 'ERROR', other: 'OFF' as 'ERROR' } } },
  });
});

/** The names of the errors with which those histories do not replay. */
async function contradictions(code: string, paths: string[]): Promise<string[]> {
  const histories = (await Promise.all(paths.map(historiesOf))).flatMap((runs, index) =>
    runs.map((history, run) => ({ workflowId: `${paths[index]} ${run}`, history })),
  );
  const found: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, histories))
    if (error) found.push(`${workflowId}: ${error.name}`);
  return found;
}

describe('replay', () => {
  test('every path has its histories, and every file of histories its path', async () => {
    expect(await recordedPaths()).toEqual(Object.keys(PATHS).sort());
  });

  test.each(Object.keys(PATHS))('%s goes on with the workflow code as it is now', async (path) => {
    const histories = await historiesOf(path);
    expect(histories.length).toBeGreaterThan(0);
    expect(await contradictions((await workflowBundle()).code, [path])).toEqual([]);
  });

  test('refuses workflow code that takes another step than the one in the history', async () => {
    const { code } = await workflowBundle();
    const changed = code.replace('activities.observe.executeWithOptions', 'activities.readRouting.executeWithOptions');
    expect(changed).not.toBe(code);
    const paths = ['succeeded', 'automatic-rollback'];
    expect(await contradictions(changed, paths)).toEqual(paths.map((path) => `${path} 0: DeterminismViolationError`));
  });
});
