import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { webhook } from '../../src/providers/notifiers/webhook.ts';
import type { Notification, ProviderContext } from '../../src/providers/types.ts';
import { notifierContract } from '../contract/notifierContract.ts';
import { startHttpServer } from './httpServer.ts';
import { call } from './support.ts';

const context: ProviderContext = {
  service: 'shop',
  folder: '/',
  stateDir: '/none',
  endpoints: { blue: null, green: null, preview: null },
};
const make = (options: Record<string, unknown>) => webhook.create(webhook.options.parse(options), context);
const notification: Notification = { id: 'n1', event: 'phase', at: '2026-01-01T00:00:00.000Z', status: { phase: 'monitoring' } };

notifierContract('webhook', async () => {
  const server = await startHttpServer();
  return {
    notifier: await make({ url: server.url }),
    received: async () => server.asked.map(({ body }) => JSON.parse(body)),
    refuse: async () => server.answer({ status: 503, body: 'no' }),
    close: server.close,
  };
});

describe('the webhook', () => {
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  beforeEach(async () => {
    server = await startHttpServer();
  });
  afterEach(async () => {
    await server.close();
  });
  const failureOf = async (options: Record<string, unknown>) => {
    const notifier = await make(options);
    return notifier.send(call, notification).then(
      () => null,
      (error: Error & { type: string }) => error,
    );
  };

  test('the receiver can check who sent it and when, from the raw body and the headers', async () => {
    await (await make({ url: server.url, secret: 's3cret' })).send(call, notification);
    const { headers, body, method } = server.asked[0]!;
    const expected = createHmac('sha256', 's3cret').update(`${headers['x-cutover-timestamp']}.${body}`).digest('hex');
    expect(method).toBe('POST');
    expect(headers['x-cutover-signature']).toBe(`sha256=${expected}`);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-cutover-event': 'phase', 'x-cutover-delivery': 'n1' });
    expect(Math.abs(Number(headers['x-cutover-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
  });

  test('without a secret nothing claims to be signed', async () => {
    await (await make({ url: server.url, headers: { 'X-Team': 'shop', 'Content-Type': 'text/plain' } })).send(call, notification);
    expect(server.asked[0]!.headers).toMatchObject({ 'x-team': 'shop', 'content-type': 'application/json' });
    expect(server.asked[0]!.headers).not.toHaveProperty('x-cutover-signature');
  });

  test('credentials in the address are sent as such', async () => {
    await (await make({ url: server.url.replace('//', '//me:p%40ss@') })).send(call, notification);
    expect(server.asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('a redirect is not followed: the event would end with somebody else', async () => {
    const other = await startHttpServer();
    try {
      server.answer({ status: 307, headers: { location: other.url }, body: '' });
      expect(await failureOf({ url: server.url })).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('307') });
      expect(other.asked).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test.each([
    ['refuses', () => server.answer({ status: 500, body: 'hush' })],
    ['does not answer', () => server.answer({ body: null })],
    ['is gone', () => server.close()],
  ])('no error holds a secret when the receiver %s', async (_, happen) => {
    await happen();
    const url = `${server.url.replace('//', '//user:hush@')}/hooks/hush?token=hush`;
    const failure = await failureOf({ url, secret: 'hush', headers: { 'X-Key': 'hush' }, timeout: '100ms' });
    expect(failure).toMatchObject({ type: 'Unavailable' });
    expect(`${failure!.message} ${failure!.stack} ${JSON.stringify(failure)}`).not.toContain('hush');
    expect(failure!.message).toContain(server.url);
  });

  test('an address that makes no sense is refused without being quoted', async () => {
    const failure = await webhook
      .create({ url: 'hush', headers: {}, timeout: 100 }, context)
      .then((notifier) => notifier.send(call, notification))
      .catch((error) => error);
    expect(failure).toMatchObject({ type: 'InvalidConfiguration' });
    expect(failure.message).not.toContain('hush');
  });
});
