import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Phase, StatusDocument } from '../../src/contract.ts';
import { otherColor } from '../../src/core/plan.ts';
import { RouterAdmin } from '../../src/providers/routers/local/admin.ts';
import { routingOf } from '../../src/providers/routers/local/routing.ts';
import type { Command } from './support/cli.ts';
import { startDev } from './support/dev.ts';
import { type SteadyLoad, selfAt, steadyLoad, versionAt } from './support/load.ts';
import { brokenServer } from './support/programs.ts';
import { isSignedWith, type Receiver, startReceiver } from './support/receiver.ts';
import { Service } from './support/service.ts';
import { until } from './support/until.ts';

const SECRET = 'a secret of the test';
const WINDOW = { duration: '1h', interval: '500ms', checks: [{ name: 'error-rate', source: { type: 'router' }, max: 0.1 }] };

let service: Service;
let receiver: Receiver;
let users: SteadyLoad;
/** What is live before a test. */
let old: string;
let version: string;
let count = 0;

const writeFile = (sections: Record<string, unknown> = {}) =>
  service.writeFile({
    monitor: WINDOW,
    switch: { drain: { timeout: '3s' } },
    notify: [{ type: 'webhook', url: '${env:HOOK_URL}', secret: '${env:HOOK_SECRET}' }],
    ...sections,
  });
const status = (...args: string[]) => service.json<StatusDocument>('status', 'shop', ...args);
const events = () => receiver.deliveries.map(({ document }) => document.event);

async function decide(...args: string[]): Promise<void> {
  const { code, stderr } = await service.cutover(...args);
  expect(code, stderr).toBe(0);
}

/** What `deploy --wait` tells the pipeline that runs it. */
async function expectEnd(deployment: Command, code: number): Promise<void> {
  const ended = await deployment.ended;
  expect(ended.code, ended.stderr).toBe(code);
}

/** The status and the users' address say the same, and that it is over. */
async function expectOutcome(outcome: StatusDocument['outcome'], live: string): Promise<void> {
  await service.untilStatus((now) => now.outcome !== null);
  const document = await status('--live');
  expect(document.outcome).toBe(outcome);
  expect(await selfAt(service.url)).toMatchObject({ version: live, color: document.liveColor });
}

/** Rejects where it ends before. */
async function deployUntil(phase: Phase): Promise<Command> {
  const deployment = service.start('deploy', version, '--wait');
  const reached = service.untilStatus((now) => now.version === version && now.phase === phase);
  const ended = deployment.ended.then(({ code, stderr }) => Promise.reject(new Error(`ended with ${code}: ${stderr}`)));
  await Promise.race([reached, ended]);
  ended.catch(() => {});
  return deployment;
}

/** As a person does it who goes past cutover. */
async function moveUsersByHand(): Promise<void> {
  const admin = new RouterAdmin(service.stateDir, 'shop');
  const now = await admin.routing(AbortSignal.timeout(10_000));
  const to = otherColor(now.live!);
  const upstream = `http://127.0.0.1:${service.ports[to]}`;
  await admin.change({ to, upstream, from: routingOf(now) }, AbortSignal.timeout(10_000));
}

describe('how a deployment ends, and who hears of it', () => {
  beforeAll(async () => {
    receiver = await startReceiver();
    const env = { HOOK_URL: receiver.url, HOOK_SECRET: SECRET };
    service = await Service.create({ programs: { 'app.mjs': brokenServer }, env });
    await startDev(service);
    await decide('deploy', 'v0', '--wait');
    users = steadyLoad(service.url, { perSecond: 20 });
  });
  beforeEach(async () => {
    await writeFile();
    receiver.deliveries.length = 0;
    old = await versionAt(service.url);
    count += 1;
    version = `v${count}`;
  });
  afterEach(() => expect(users.failures.filter(({ what }) => !what.includes('breaks-later'))).toEqual([]));
  afterAll(async () => {
    await users?.stop();
    await service.discard();
    await receiver?.close();
  });

  it('an automatic rollback, 5: the webhook is told why, and by a signature that it is us', async () => {
    version = 'breaks-later';
    const deployment = service.start('deploy', version, '--wait');
    await expectEnd(deployment, 5);
    await expectOutcome('rolled-back', old);
    await until(() => events().includes('outcome'));
    expect(events()).toContain('rollback');
    const { document } = receiver.deliveries.find(({ document }) => document.event === 'outcome')!;
    expect(document.status).toMatchObject({ service: 'shop', version, previousVersion: old, outcome: 'rolled-back' });
    expect(document.status.reason).toMatch(/error-rate.*0\.1/);
    expect(receiver.deliveries.filter((delivery) => !isSignedWith(SECRET, delivery))).toEqual([]);
  });

  it.each(['reject', 'abort'])('%s before the switch, 4; a deployment in the meantime is refused, 3', async (decision) => {
    await writeFile({ approval: { required: true } });
    const deployment = await deployUntil('awaiting-approval');
    expect(await service.cutover('deploy', 'another', '--wait')).toMatchObject({ code: 3 });
    await decide(decision, 'shop', '--reason', 'not today');
    await expectEnd(deployment, 4);
    await expectOutcome(decision === 'reject' ? 'rejected' : 'aborted', old);
    expect((await status()).reason).toContain('not today');
  });

  it('rolled back by a person while monitored, 5; a second rollback is refused, 3', async () => {
    const deployment = await deployUntil('monitoring');
    await decide('rollback', 'shop');
    await expectEnd(deployment, 5);
    await expectOutcome('rolled-back', old);
    expect(await service.cutover('rollback', 'shop')).toMatchObject({ code: 3 });
  });

  describe('a router that was changed by hand needs a person, 6, and nothing is overwritten', () => {
    beforeEach(async () => {
      const deployment = await deployUntil('monitoring');
      await moveUsersByHand();
      await expectEnd(deployment, 6);
      expect(await versionAt(service.url)).toBe(old);
      expect(await status()).toMatchObject({ phase: 'needs-intervention', outcome: null });
      await until(() => events().includes('needs-intervention'));
    });

    it('resolve --adopt: what the router says is the outcome', async () => {
      await decide('resolve', 'shop', '--adopt');
      await expectOutcome('rolled-back', old);
    });

    it('resolve --restore: users are on the new version again, which is monitored on', async () => {
      await decide('resolve', 'shop', '--restore');
      await service.untilStatus(({ phase }) => phase === 'monitoring');
      expect(await versionAt(service.url)).toBe(version);
      await decide('promote', 'shop');
      await expectOutcome('succeeded', version);
    });

    it('put right by hand, resolve --retry: it goes on where it was', async () => {
      await moveUsersByHand();
      await decide('resolve', 'shop', '--retry');
      await service.untilStatus(({ phase }) => phase === 'monitoring');
      await decide('promote', 'shop');
      await expectOutcome('succeeded', version);
    });

    it('rollback: users stay on the old version', async () => {
      await decide('rollback', 'shop');
      await expectOutcome('rolled-back', old);
    });
  });
});
