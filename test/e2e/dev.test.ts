import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { startDev } from './support/dev.ts';
import { versionAt } from './support/load.ts';
import { Service } from './support/service.ts';
import { until } from './support/until.ts';

// Several starts of real servers, on a machine that does other things, too.
vi.setConfig({ testTimeout: 240_000 });

let service: Service;
beforeEach(async () => {
  service = await Service.create();
});
afterEach(() => service.discard());

const deploy = async (version: string): Promise<void> => {
  const { code, stderr } = await service.cutover('deploy', version, '--wait');
  expect(stderr).toContain('succeeded');
  expect(code).toBe(0);
};

const workerLog = (): Promise<string> => readFile(join(service.stateDir, 'logs', 'worker.log'), 'utf8');

describe('cutover dev', () => {
  it('is all that a first deployment needs: the new version answers users', async () => {
    const dev = service.start('dev');
    await dev.says(/^cutover dev is ready for shop/m);
    expect(dev.stdout).toContain(service.url.slice(0, -1));
    expect(dev.stdout).toContain(service.address);
    expect(dev.stdout).toMatch(/Web UI +http:\/\/127\.0\.0\.1:\d+\n/);
    expect(dev.stdout).toContain('cutover deploy v1 --wait');
    await deploy('v1');
    expect(await versionAt(service.url)).toBe('v1');
  });

  it('leaves nothing running after Ctrl-C, and started again it goes on where it was', async () => {
    const first = await startDev(service);
    await deploy('v1');
    await deploy('v2');
    const before = await service.json<StatusDocument>('status', 'shop');

    expect((await first.command.ctrlC()).code).toBe(0);
    expect(await service.processes()).toEqual([]);

    const second = await startDev(service);
    expect(second.document.live).toMatchObject({ version: 'v2', color: before.liveColor });
    await until(async () => (await workerLog()).includes(`shop: all users go to ${before.liveColor}`));
    expect(await versionAt(service.url)).toBe('v2');
    const after = await service.json<StatusDocument>('status', 'shop');
    expect(after).toMatchObject({ deploymentId: before.deploymentId, version: 'v2', outcome: 'succeeded', phase: before.phase });
    // What was retained for a rollback is there again, too.
    expect((await service.cutover('rollback', 'shop')).code).toBe(0);
    expect(await versionAt(service.url)).toBe('v1');
  });

  it('leaves nothing running either where Ctrl-C comes while it starts', async () => {
    const dev = service.start('dev');
    await until(async () => (await service.processes()).some(({ command }) => command.includes('start-dev')));
    expect(await dev.ctrlC()).toMatchObject({ code: 130, stdout: '' });
    expect(await service.processes()).toEqual([]);
  });

  it('ends all that it started when it gets SIGTERM', async () => {
    const { command } = await startDev(service);
    await deploy('v1');
    expect(await command.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(await service.processes()).toEqual([]);
  });

  it('leaves users served with --keep-running, and takes all that over when it is started again', async () => {
    const first = await startDev(service, '--keep-running');
    await deploy('v1');
    const { stderr } = await first.command.ctrlC();
    expect(stderr).toContain('left running');
    expect(await versionAt(service.url)).toBe('v1');
    expect(await service.processes()).toHaveLength(2);

    const second = await startDev(service);
    expect(second.document.router).toMatchObject({ pid: first.document.router.pid, origin: 'taken-over' });
    await second.command.ctrlC();
    expect(await service.processes()).toEqual([]);
  });

  it('touches no Temporal server and no router that somebody else started', async () => {
    const other = await startDev(service);
    await other.command.kill('SIGKILL');
    const router = other.document.router.pid;
    // As if a person had started both: nothing says that they are ours.
    await service.forgetDev();
    const { command, document } = await startDev(service);
    expect(document.temporal.origin).toBe('foreign');
    expect(document.router.origin).toBe('foreign');
    await command.ctrlC();
    expect((await service.processes()).map(({ pid }) => pid).sort()).toEqual([other.document.temporal.pid!, router].sort());
  });
});
