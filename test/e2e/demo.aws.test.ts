import { afterEach, expect, test } from 'vitest';
import { describeAws } from '../aws/support/describeAws.ts';
import { DemoRun } from './runDemo.ts';

const LIMIT_MS = 240_000;

describeAws('the demo of AWS', () => {
  let run: DemoRun;

  afterEach(() => run?.cleanUp());

  test(
    'deploys, goes back by itself and by a command without one failed request, says what AWS was asked, and leaves nothing behind',
    async () => {
      run = await DemoRun.start('demo-aws');
      expect(await run.end(), run.output).toBe(0);

      expect(run.figure('failed because of a switch')).toBe(0);
      expect(run.figure('requests sent')).toBe(run.figure('answered well') + run.figure('bad answers of v3 itself'));
      expect(run.figure('bad answers of v3 itself')).toBeGreaterThan(0);
      expect(run.output).toMatch(/rollback to listener +\d+ ms/);
      expect(run.output.match(/AWS: ModifyListener, which/g)).toHaveLength(9);

      expect(await run.survivors()).toEqual([]);
      expect(await run.openAddresses()).toEqual([]);
      expect(await run.folders()).toEqual([]);
    },
    LIMIT_MS,
  );
});
