/** Records the histories anew: `npm run record`. After a change that replay refuses, first think whether open runs need `patched`. */
import { rm } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { realEnvironment } from '../workflows/realServer.ts';
import { useBench } from '../workflows/service.ts';
import { keep, recordedPaths, runsOf } from './histories.ts';
import { PATHS } from './paths.ts';

const { withService } = useBench(realEnvironment);

describe('recording', () => {
  for (const [name, { world: create, drive }] of Object.entries(PATHS))
    test(name, async () => {
      const world = create();
      await withService(world, async (shop) => {
        await drive(shop, world);
        const { raw } = await shop.handle().describe();
        await keep(name, await runsOf(shop.handle, raw.workflowExecutionInfo!.firstRunId!));
      });
    });

  test('forgets the histories of paths that are gone', async () => {
    const gone = (await recordedPaths()).filter((name) => !(name in PATHS));
    await Promise.all(gone.map((name) => rm(new URL(`./histories/${name}.json`, import.meta.url))));
  });
});
