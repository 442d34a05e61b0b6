import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Color } from '../../../src/core/plan.ts';
import { RouterAdmin } from '../../../src/providers/routers/local/admin.ts';
import type { CountersDocument } from '../../../src/providers/routers/local/counts.ts';
import { type RunningRouter, runRouter } from '../../../src/providers/routers/local/process.ts';
import { localRouter } from '../../../src/providers/routers/local.ts';
import type { ProviderContext, Router } from '../../../src/providers/types.ts';
import { call } from '../../contract/routerContract.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** A router in this process, two colors behind it, and the provider as the worker has it. */
export interface Fixture {
  context: ProviderContext;
  provider: Router;
  router: RunningRouter;
  blue: Upstream;
  green: Upstream;
  switchTo(color: Color): Promise<void>;
  counters(): Promise<CountersDocument>;
  /** Waits until what the router counted is so. */
  counted(wanted: (counters: CountersDocument) => boolean): Promise<CountersDocument>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const temporaryState = (): Promise<string> => mkdtemp(join(tmpdir(), 'cutover-router-'));

export const eventually = async <T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

export const startFixture = async (): Promise<Fixture> => {
  const stateDir = await temporaryState();
  const [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
  const context: ProviderContext = {
    service: 'shop',
    folder: stateDir,
    stateDir,
    endpoints: { blue: blue.url, green: green.url, preview: null },
  };
  const options = { service: 'shop', stateDir, listen: '127.0.0.1:0', metricsListen: '127.0.0.1:0' };
  const provider = await localRouter.create(localRouter.options.parse({}), context);
  const admin = new RouterAdmin(stateDir, 'shop');
  const counters = () => admin.counters(call().signal);
  const fixture: Fixture = {
    context,
    provider,
    router: await runRouter(options),
    blue,
    green,
    switchTo: async (to) => void (await provider.write(call(), { to, from: await provider.read(call()) })),
    counters,
    counted: (wanted) => eventually(counters, wanted),
    async restart() {
      await fixture.router.close();
      fixture.router = await runRouter(options);
    },
    async close() {
      await Promise.all([blue.close(), green.close()]);
      await fixture.router.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
  return fixture;
};
