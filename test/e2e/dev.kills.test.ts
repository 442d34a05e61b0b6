import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { startDev } from './support/dev.ts';
import { steadyLoad, versionAt } from './support/load.ts';
import { kill, Service } from './support/service.ts';
import { until } from './support/until.ts';

// Several starts of real servers, on a machine that does other things, too.
vi.setConfig({ testTimeout: 240_000 });

let service: Service;
beforeEach(async () => {
  service = await Service.create({ file: { monitor: { duration: '15s', interval: '500ms' } } });
});
afterEach(() => service.discard());

const live = async (version: string): Promise<void> => {
  await service.cutover('deploy', version, '--wait-for', 'monitoring');
  await service.cutover('promote', 'shop');
  expect(await versionAt(service.url)).toBe(version);
};

const routerAnswers = () =>
  versionAt(service.url).then(
    () => true,
    () => false,
  );

describe('cutover dev keeps what it runs running', () => {
  it('worker, Temporal and router are killed during a deployment: all come back, and it succeeds', async () => {
    const { command, document } = await startDev(service);
    await live('v1');
    const load = steadyLoad(service.url, { perSecond: 20 });
    const deployment = service.cutover('deploy', 'v2', '--wait');
    await until(() => load.versions.has('v2'));

    kill(document.worker.pid);
    await command.says(/the worker runs again/);
    kill(document.temporal.pid!);
    await command.says(/the Temporal server runs again/);
    // Users do not notice either.
    expect(load.failures).toEqual([]);
    kill(document.router.pid);
    await command.says(/the router runs again/);

    expect(await deployment).toMatchObject({ code: 0, stdout: expect.stringContaining('v2 is live') });
    await until(routerAnswers);
    const afterwards = Date.now();
    await load.stop();
    expect(load.failures.filter(({ at }) => at > afterwards)).toEqual([]);
    expect([...load.versions.keys()]).toEqual(['v1', 'v2']);
    expect(await service.json<StatusDocument>('status', 'shop')).toMatchObject({ version: 'v2', outcome: 'succeeded' });
    await command.ctrlC();
    expect(await service.processes()).toEqual([]);
  });

  it('killed itself, it leaves users served; started again it takes all over, and ends it', async () => {
    const first = await startDev(service);
    await live('v1');
    const load = steadyLoad(service.url, { perSecond: 20 });
    await first.command.kill('SIGKILL');
    await until(async () => !(await service.processes()).some(({ pid }) => pid === first.document.worker.pid));
    expect(await versionAt(service.url)).toBe('v1');

    const second = await startDev(service);
    expect(second.document).toMatchObject({
      temporal: { pid: first.document.temporal.pid, origin: 'taken-over', ui: first.document.temporal.ui },
      router: { pid: first.document.router.pid, origin: 'taken-over' },
      live: { version: 'v1' },
    });
    expect(await service.json<StatusDocument>('status', 'shop')).toMatchObject({ version: 'v1', outcome: 'succeeded' });
    await load.stop();
    expect(load.failures).toEqual([]);
    await second.command.ctrlC();
    expect(await service.processes()).toEqual([]);
  });

  it('says how the live version died, and what to do', async () => {
    const { command } = await startDev(service);
    await live('v1');
    kill(await service.pidOf('app.mjs'));
    await command.says(/blue v1 is live and was ended by SIGKILL: users get errors/);
    await command.says(/blue v1 listens on \d+/);
    await command.says(/cutover rollback shop/);
  });
});
