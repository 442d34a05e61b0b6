import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Phase, StatusDocument } from '../../src/contract.ts';
import { loadState } from '../../src/providers/routers/local/stateFile.ts';
import type { Command } from './support/cli.ts';
import { startDev } from './support/dev.ts';
import { type SteadyLoad, selfAt, steadyLoad, versionAt } from './support/load.ts';
import { heldServer } from './support/programs.ts';
import { killServer, unexplained } from './support/servers.ts';
import { Service } from './support/service.ts';
import { until } from './support/until.ts';

// Servers are started again and again, on a machine that does other things, too.
vi.setConfig({ testTimeout: 180_000 });

const COMMON = { smokeTests: [{ name: 'health', path: '/health', timeout: '2m' }], switch: { drain: { timeout: '5s' } } };
const ERROR_RATE = { name: 'error-rate', source: { type: 'router' }, max: 0 };
const LONG_WINDOW = { monitor: { duration: '1h', interval: '500ms', checks: [ERROR_RATE] } };

let service: Service;
let users: SteadyLoad | null = null;
let version: string;
let count = 1;

const status = (...args: string[]) => service.json<StatusDocument>('status', 'shop', ...args);
async function reached(phase: Phase): Promise<void> {
  const now = await service.untilStatus((now) => now.version === version && (now.phase === phase || now.outcome !== null));
  expect(now, now.reason ?? '').toMatchObject({ phase });
}
const hold = (what: string) => writeFile(join(service.folder, `hold-${what}-${version}`), '');
const release = (what: string) => rm(join(service.folder, `hold-${what}-${version}`));

async function deploy(sections: Record<string, unknown> = {}): Promise<Command> {
  await service.writeFile({ ...COMMON, ...sections });
  return service.start('deploy', version, '--wait');
}

/** The command that waited saw it through, and the status says what users see. */
async function expectSuccess(deployment: Command): Promise<void> {
  const { code, stderr, stdout } = await deployment.ended;
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`${version} is live`);
  const { liveColor, outcome } = await status('--live');
  expect(outcome).toBe('succeeded');
  expect(await selfAt(service.url)).toMatchObject({ version, color: liveColor });
}

describe('a server that is killed with SIGKILL in the middle of a deployment', () => {
  beforeAll(async () => {
    service = await Service.create({ programs: { 'app.mjs': heldServer }, file: COMMON });
    await startDev(service);
    expect(await service.cutover('deploy', 'v1', '--wait')).toMatchObject({ code: 0 });
  });
  beforeEach(() => {
    count += 1;
    version = `v${count}`;
  });
  afterEach(async () => {
    await users?.stop();
    users = null;
  });
  afterAll(() => service.discard());

  it('Temporal, while the new version starts: users do not notice, and the deployment goes on when it is back', async () => {
    users = steadyLoad(service.url, { perSecond: 20 });
    await hold('ready');
    const deployment = await deploy();
    await until(async () => (await service.onColor('blue')).length + (await service.onColor('green')).length === 2);
    await killServer(service, 'temporal');
    await release('ready');
    await expectSuccess(deployment);
    expect(users.failures).toEqual([]);
  });

  it('Temporal, while the new version is monitored: the window goes on, and takes decisions', async () => {
    users = steadyLoad(service.url, { perSecond: 20 });
    const deployment = await deploy(LONG_WINDOW);
    await until(() => versionAt(service.url).then((now) => now === version));
    await killServer(service, 'temporal');
    await reached('monitoring');
    const samplesOf = ({ monitor }: StatusDocument) => monitor?.checks[0]?.samples ?? 0;
    const before = samplesOf(await status());
    await service.untilStatus((now) => samplesOf(now) > before);
    expect(await service.cutover('promote', 'shop')).toMatchObject({ code: 0 });
    await expectSuccess(deployment);
    expect(users.failures).toEqual([]);
  });

  it('the router, while the new version is monitored: it routes as before, and its absence is not held against the version', async () => {
    users = steadyLoad(service.url, { perSecond: 20 });
    const deployment = await deploy(LONG_WINDOW);
    await reached('monitoring');
    const down = await killServer(service, 'router');
    expect(await versionAt(service.url)).toBe(version);
    expect((await status('--live')).phase).toBe('monitoring');
    expect(await service.cutover('promote', 'shop')).toMatchObject({ code: 0 });
    await expectSuccess(deployment);
    await users.stop();
    expect(unexplained(users.failures, [down])).toEqual([]);
  });

  it('the router, when the switch is due: the switch waits for it', async () => {
    await hold('test');
    const deployment = await deploy();
    await reached('testing');
    const back = killServer(service, 'router');
    await release('test');
    await back;
    await expectSuccess(deployment);
  });

  it('the router, when it has just switched: it routes to the new version, which is then confirmed', async () => {
    const before = (await loadState(service.stateDir)).live;
    await hold('front');
    const deployment = await deploy();
    await until(async () => (await loadState(service.stateDir)).live !== before);
    const back = killServer(service, 'router');
    await release('front');
    await back;
    expect(await versionAt(service.url)).toBe(version);
    await expectSuccess(deployment);
  });
});
