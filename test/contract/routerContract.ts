import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import type { Routing } from '../../src/core/routing.ts';
import type { Call, Router } from '../../src/providers/types.ts';

/** A router that nobody has written to yet, and what a test may do to it. */
export interface RouterUnderTest {
  router: Router;
  /** What an unused one says; 'none' unless the system knows no such thing. */
  fresh?: Routing['to'];
  /** Stops and starts what keeps the routing, and makes the provider anew. Absent where nothing of ours does. */
  restart?(): Promise<Router>;
  close(): Promise<void>;
}

export const call = (): Call => ({ signal: new AbortController().signal, heartbeat: () => {} });

const send = async (router: Router, to: Color): Promise<void> => {
  await router.write(call(), { to, from: await router.read(call()) });
};

const where = async (router: Router): Promise<Routing['to']> => (await router.read(call())).to;

/**
 * What every router provider has to keep to. `setup` runs before each test. A system that cannot compare and set says so:
 * there, a stale write is the workflow's to notice.
 */
export const routerContract = (name: string, setup: () => Promise<RouterUnderTest>, staleWrites: 'refused' | 'taken' = 'refused'): void => {
  describe(`${name} keeps the contract of a router`, () => {
    let tested: RouterUnderTest;
    beforeEach(async () => {
      tested = await setup();
    });
    afterEach(() => tested?.close());

    it('a fresh router says that no version is live, in words, too', async () => {
      const routing = await tested.router.read(call());
      expect(routing.to).toBe(tested.fresh ?? 'none');
      expect(routing.summary).not.toBe('');
    });

    it('read says what was written', async () => {
      await send(tested.router, 'blue');
      expect(await where(tested.router)).toBe('blue');
      await send(tested.router, 'green');
      expect(await where(tested.router)).toBe('green');
    });

    it('a routing is plain JSON', async () => {
      await send(tested.router, 'blue');
      const routing = await tested.router.read(call());
      expect(JSON.parse(JSON.stringify(routing))).toEqual(routing);
    });

    it('writing the same twice is fine, also when the answer of the first was lost', async () => {
      await send(tested.router, 'blue');
      const from = await tested.router.read(call());
      await tested.router.write(call(), { to: 'green', from });
      await tested.router.write(call(), { to: 'green', from });
      expect(await where(tested.router)).toBe('green');
    });

    it('reading changes nothing', async () => {
      await send(tested.router, 'blue');
      expect(await tested.router.read(call())).toEqual(await tested.router.read(call()));
    });

    if (staleWrites === 'refused') {
      it('a stale write is refused as drift, says what was found and changes nothing', async () => {
        await send(tested.router, 'blue');
        const stale = await tested.router.read(call());
        await send(tested.router, 'green');
        const found = await tested.router.read(call());
        const back = { to: 'blue' as const, from: { ...stale, to: 'none' as const, summary: 'nothing' } };
        await expect(tested.router.write(call(), back)).rejects.toMatchObject({ type: 'Drift', details: { found } });
        expect(await tested.router.read(call())).toEqual(found);
      });
    }

    it('what was written survives a restart', async () => {
      await send(tested.router, 'green');
      const router = (await tested.restart?.()) ?? tested.router;
      expect(await where(router)).toBe('green');
      await send(router, 'blue');
      expect(await where(router)).toBe('blue');
    });

    it('open connections are a number, or null where nobody knows', async () => {
      await send(tested.router, 'blue');
      const open = (await tested.router.openConnections?.(call(), 'green')) ?? null;
      expect(open === null || (Number.isInteger(open) && open >= 0)).toBe(true);
    });
  });
};
