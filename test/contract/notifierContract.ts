import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call, Notification, Notifier } from '../../src/providers/types.ts';

export interface NotifierUnderTest {
  notifier: Notifier;
  /** What has arrived so far, oldest first. */
  received(): Promise<Notification[]>;
  /** Makes the receiver refuse everything. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

const call = (): Call => ({ signal: new AbortController().signal, heartbeat: () => {} });

const notification = (id: string): Notification => ({
  id,
  event: 'outcome',
  at: '2026-01-01T00:00:00.000Z',
  status: { service: 'shop', phase: 'ended', outcome: 'rolled-back', reason: 'error-rate 0.2 > 0.05 “now”', decisions: [] },
});

/** What every notifier promises. It decides nothing: what it cannot deliver is a failure that may pass. */
export function notifierContract(name: string, setup: () => Promise<NotifierUnderTest>): void {
  describe(`${name} as a notifier`, () => {
    let it: NotifierUnderTest;
    beforeEach(async () => {
      it = await setup();
    });
    afterEach(async () => {
      await it.close();
    });

    test('an event arrives with its id, its time and the whole status document', async () => {
      await it.notifier.send(call(), notification('n1'));
      expect(await it.received()).toEqual([notification('n1')]);
    });

    test('an event that is sent again has the same id, so that a receiver can tell', async () => {
      await it.notifier.send(call(), notification('n1'));
      await it.notifier.send(call(), notification('n1'));
      expect((await it.received()).map(({ id }) => id)).toEqual(['n1', 'n1']);
    });

    test('a receiver that refuses is a failure that may pass', async () => {
      await it.refuse();
      await expect(it.notifier.send(call(), notification('n1'))).rejects.toMatchObject({ type: 'Unavailable' });
    });

    test('nothing is sent that nobody waits for any more', async () => {
      await expect(it.notifier.send({ ...call(), signal: AbortSignal.abort() }, notification('n1'))).rejects.toThrow();
      expect(await it.received()).toEqual([]);
    });
  });
}
