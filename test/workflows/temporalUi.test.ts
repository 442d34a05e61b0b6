/** What a person sees who opens the run in the Temporal UI and has never heard of the command. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { describe, expect, test } from 'vitest';
import { DECISIONS, SEARCH_ATTRIBUTES } from '../../src/contract.ts';
import { errorRate, HOUR, MINUTE } from './plans.ts';
import { realEnvironment } from './realServer.ts';
import { type RunningService, useBench } from './service.ts';
import { hold, worldWith } from './world.ts';

const { withService } = useBench(realEnvironment);

type Metadata = temporal.api.sdk.v1.IWorkflowMetadata;

/** Asked by the UI for its panel of details and its dialogs. */
const metadata = (shop: RunningService) => shop.handle().query<Metadata>('__temporal_workflow_metadata');
const details = async (shop: RunningService): Promise<string> => (await metadata(shop)).currentDetails!;

const attributes = async (shop: RunningService): Promise<Record<string, unknown>> => {
  const { raw } = await shop.handle().describe();
  const fields = raw.workflowExecutionInfo?.searchAttributes?.indexedFields ?? {};
  const known = SEARCH_ATTRIBUTES.filter((name) => name in fields);
  return Object.fromEntries(known.map((name) => [name, defaultPayloadConverter.fromPayload(fields[name]!)]));
};

const summaries = async (shop: RunningService): Promise<string[]> =>
  ((await shop.handle().fetchHistory()).events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes || event.timerStartedEventAttributes)
    .map(({ userMetadata }) => (userMetadata?.summary ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary) : ''));

const APPROVAL = { approval: { required: true, timeoutMs: HOUR, onTimeout: 'reject' as const } };

describe('the Temporal UI', () => {
  test('finds a deployment by service, version, color, phase and outcome', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      const known = { CutoverService: [shop.service], CutoverVersion: ['v2'], CutoverColor: ['green'] };
      expect(await attributes(shop)).toMatchObject({ ...known, CutoverPhase: ['awaiting-approval'] });
      await shop.decide('approve');
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
      expect(await attributes(shop)).toEqual({ ...known, CutoverPhase: ['retaining'], CutoverOutcome: ['succeeded'] });
    });
  });

  test('says where a deployment is, where users are, and what a person can do now', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      const asked = await details(shop);
      expect(asked).toContain(`**awaiting-approval** · ${shop.service} v2`);
      expect(asked).toContain('users are on **blue**');
      expect(asked).toContain(`\`cutover approve ${shop.service}\``);
      expect(asked).not.toContain(`\`cutover rollback ${shop.service}\``);
      expect(asked).toContain('✅ health');
    });
  });

  test('shows each check with its value and its bound while a deployment is watched', async () => {
    const world = worldWith('blue', 'v1');
    world.errorRate = 0.01;
    await withService(world, async (shop) => {
      await shop.submit(shop.plan('v2'));
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
      expect(await details(shop)).toContain('| error-rate | 0.01 | ≤ 0.05 | 10 | 0 | 0 |');
    });
  });

  test('stays readable, under 4 KB and with a last line, when there is very much to say', async () => {
    const world = worldWith('blue', 'v1');
    await withService(world, async (shop) => {
      const release = hold(world, 'deploy');
      const checks = Array.from({ length: 60 }, (_, index) => errorRate({ name: `a-check-with-a-rather-long-name-${index}`, max: 0.5 }));
      const monitor = { durationMs: 30 * MINUTE, intervalMs: MINUTE, checks };
      await shop.submit(shop.plan('v2', { concurrency: 'queue', monitor }));
      for (let version = 3; version < 30; version++)
        await shop.submit(shop.plan(`v${version}-${'x'.repeat(90)}`, { concurrency: 'queue' }));
      release();
      await shop.soon(({ phase }) => phase !== 'deploying');
      const text = await details(shop);
      expect(Buffer.byteLength(text)).toBeLessThan(4_096);
      expect(text).toContain('**You can:**');
      expect(text.trimEnd().split('\n').at(-1)).toMatch(/^_.+_$/);
    });
  });

  test('says what each activity and each timer is for', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      await shop.soon(({ phase }) => phase === 'awaiting-approval');
      await shop.decide('approve');
      await shop.soon(({ steps }) => steps.at(-1)?.name === 'retain');
      const said = await summaries(shop);
      expect(said).not.toContain('');
      expect(said).toEqual(expect.arrayContaining(['v2 to green', 'await-approval', 'to green', 'check green', 'retain']));
    });
  });

  test('describes every decision and query where it offers to send it, with the payload', async () => {
    await withService(worldWith('blue', 'v1'), async (shop) => {
      await shop.submit(shop.plan('v2', APPROVAL));
      const { definition } = await metadata(shop);
      for (const kind of ['updateDefinitions', 'signalDefinitions'] as const) {
        const described = new Map(definition?.[kind]?.map(({ name, description }) => [name, description]));
        for (const name of DECISIONS) expect(described.get(name), `${kind} ${name}`).toContain('{"by": "you"');
      }
      const queries = new Map(definition?.queryDefinitions?.map(({ name, description }) => [name, description]));
      for (const name of ['status', 'history', 'plan']) expect(queries.get(name)).toMatch(/\w+/);
    });
  });
});
