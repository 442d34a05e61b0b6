import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import type { Color } from '../../src/core/plan.ts';
import { startDev } from './support/dev.ts';
import { type SteadyLoad, steadyLoad, versionAt } from './support/load.ts';
import { brokenServer, pythonServer } from './support/programs.ts';
import { Service } from './support/service.ts';

const ERROR_RATE = { name: 'error-rate', source: { type: 'router' }, max: 0.1 };
const SECTIONS = { monitor: { duration: '1s', interval: '500ms', checks: [ERROR_RATE] }, switch: { drain: { timeout: '3s' } } };

let service: Service;
let users: SteadyLoad;

const environment = (changes: Record<string, unknown> = {}) => {
  const { blue, green } = service.ports;
  return { type: 'local', command: ['node', 'app.mjs'], ports: { blue, green }, readiness: { timeout: '2s' }, ...changes };
};
const deploy = (version: string) => service.cutover('deploy', version, '--wait');
const status = (...args: string[]) => service.json<StatusDocument>('status', 'shop', ...args);
const idle = async (): Promise<Color> => ((await status()).liveColor === 'blue' ? 'green' : 'blue');

/** The live version goes on answering every user, and nothing is left of the attempt. */
async function expectUntouched(): Promise<void> {
  await service.untilStatus(({ phase }) => phase === 'ended');
  expect(await service.onColor(await idle())).toEqual([]);
  expect([...users.versions.keys()]).toEqual(['v1']);
  expect(users.failures).toEqual([]);
}

describe('a program that is not as it should be', () => {
  beforeAll(async () => {
    service = await Service.create({ programs: { 'app.mjs': brokenServer, 'app.py': pythonServer } });
    await service.writeFile({ ...SECTIONS, environment: environment() });
    await startDev(service);
    expect(await deploy('v1')).toMatchObject({ code: 0 });
    users = steadyLoad(service.url, { perSecond: 20 });
  });
  afterEach(() => service.writeFile({ ...SECTIONS, environment: environment() }));
  afterAll(async () => {
    await users?.stop();
    await service.discard();
  });

  it('exits at once: its last words are in the message, and kept in its log', async () => {
    const { code, stdout } = await deploy('exits');
    expect(code).toBe(4);
    expect(stdout).toContain('no database at db.internal');
    expect(stdout).toContain('users were never touched');
    await expectUntouched();
    expect((await service.cutover('logs', 'shop', await idle())).stdout).toContain('no database at db.internal');
  });

  it.each(['hangs', 'wrong-port'])('%s: the deployment ends when the readiness time is over', async (version) => {
    const { code, stdout } = await deploy(version);
    expect(code).toBe(4);
    expect(stdout).toMatch(/2 ?s/);
    expect(stdout).toContain(`${version} begins`);
    await expectUntouched();
  });

  it('answers as the old version: the smoke test of identity says so', async () => {
    const { code, stdout } = await deploy('old-build');
    expect(code).toBe(4);
    expect(stdout).toMatch(/smoke test identity: .*v1.*old-build/);
    await expectUntouched();
  });

  it('is not installed', async () => {
    await service.writeFile({ ...SECTIONS, environment: environment({ command: ['no-such-program'] }) });
    const { code, stdout } = await deploy('v2');
    expect(code).toBe(4);
    expect(stdout).toContain('no-such-program');
    await expectUntouched();
  });

  it('finds its port taken by another program: it says by whom, and does not touch that', async () => {
    const stranger = createServer((_request, response) => response.end('{"version":"v2"}'));
    await once(stranger.listen(service.ports[await idle()], '127.0.0.1'), 'listening');
    const { code, stdout } = await deploy('v2');
    expect(code).toBe(4);
    expect(stdout).toContain(`${service.ports[await idle()]}`);
    expect(stranger.listening).toBe(true);
    await new Promise((resolve) => stranger.close(resolve));
    await expectUntouched();
  });

  it('is slow to start: it is waited for', async () => {
    await service.writeFile({ ...SECTIONS, environment: environment({ readiness: { timeout: '20s' } }) });
    expect(await deploy('slow')).toMatchObject({ code: 0 });
    expect(await service.cutover('rollback', 'shop')).toMatchObject({ code: 0 });
    expect(await versionAt(service.url)).toBe('v1');
    users.versions.delete('slow');
    await expectUntouched();
  });

  it('is written in Python', async () => {
    await service.writeFile({ ...SECTIONS, environment: environment({ command: ['python3', 'app.py'], readiness: { timeout: '20s' } }) });
    expect(await deploy('v2')).toMatchObject({ code: 0 });
    expect(await service.cutover('rollback', 'shop')).toMatchObject({ code: 0 });
    users.versions.delete('v2');
    await expectUntouched();
  });

  it('breaks when users have it: it is rolled back by itself', async () => {
    await service.writeFile({ ...SECTIONS, monitor: { ...SECTIONS.monitor, duration: '30s' }, environment: environment() });
    const { code, stdout } = await deploy('breaks-later');
    expect(code).toBe(5);
    expect(stdout).toMatch(/error-rate.*0\.1/);
    expect(stdout).toContain('users are on v1');
    expect(await versionAt(service.url)).toBe('v1');
    expect(await status('--live')).toMatchObject({ outcome: 'rolled-back', version: 'breaks-later', previousVersion: 'v1' });
    const back = Date.now();
    await users.stop();
    expect(users.failures.filter(({ at, what }) => at > back || !what.startsWith('500'))).toEqual([]);
  });
});
