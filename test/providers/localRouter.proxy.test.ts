import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { prepareRequestHeaders } from '../../src/providers/routers/local/headers.ts';
import { get, keepAliveAgent, raw } from './localRouter/client.ts';
import { eventually, type Fixture, startFixture } from './localRouter/fixture.ts';

let fixture: Fixture;
let front: string;
beforeAll(async () => {
  fixture = await startFixture();
  front = fixture.router.address;
});
afterAll(() => fixture.close());
beforeEach(() => fixture.switchTo('blue'));

const openSocket = async (): Promise<{ socket: WebSocket; next(): Promise<string> }> => {
  const socket = new WebSocket(`${front.replace('http', 'ws')}/ws`);
  const waiting: ((message: string) => void)[] = [];
  const received: string[] = [];
  socket.on('message', (data) => {
    const waiter = waiting.shift();
    if (waiter) waiter(String(data));
    else received.push(String(data));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    next: () => new Promise((resolve) => (received.length > 0 ? resolve(received.shift()!) : waiting.push(resolve))),
  };
};

describe('the local router hands on what users send', () => {
  it('names the user, the protocol and the host to the color, and keeps the Host header', async () => {
    const { body } = await get(`${front}/request?q=1`, { headers: { host: 'shop.example.com' } });
    expect(JSON.parse(body)).toMatchObject({
      url: '/request?q=1',
      headers: {
        host: 'shop.example.com',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'shop.example.com',
      },
    });
  });

  it('believes a proxy on this machine about who the user is, and adds itself', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example.com' };
    const { body } = await get(`${front}/request`, { headers });
    expect(JSON.parse(body).headers).toMatchObject({ ...headers, 'x-forwarded-for': '203.0.113.7, 127.0.0.1' });
  });

  it('believes nobody else', () => {
    const headers = { host: 'shop.example.com', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil' };
    prepareRequestHeaders({ headers, socket: { remoteAddress: '::ffff:203.0.113.7' } } as unknown as IncomingMessage);
    expect(headers).toEqual({
      host: 'shop.example.com',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example.com',
    });
  });

  it('keeps the headers of its own connections to itself', async () => {
    const { body } = await get(`${front}/request`, {
      headers: { connection: 'keep-alive, x-hop', 'x-hop': '1', 'keep-alive': 'timeout=5', te: 'gzip' },
    });
    const { headers } = JSON.parse(body);
    expect(headers).not.toHaveProperty('x-hop');
    expect(headers).not.toHaveProperty('keep-alive');
    expect(headers).not.toHaveProperty('te');
  });

  it('a request cannot take the frame of its body away by naming it in Connection', async () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const head = `GET /digest HTTP/1.1\r\nHost: x\r\nConnection: close, content-length\r\nContent-Length: ${smuggled.length}\r\n\r\n`;
    expect(await raw(front, head + smuggled)).toContain(`"size":${smuggled.length}`);
  });

  it('50 MB go up unharmed', async () => {
    const body = randomBytes(50 * 1024 * 1024);
    const answer = await get(`${front}/digest`, { method: 'POST' }, body);
    expect(JSON.parse(answer.body)).toMatchObject({ size: body.length, digest: createHash('sha256').update(body).digest('hex') });
  });

  it('an upload is streamed: the color answers while the user is still sending', async () => {
    const req = request(`${front}/echo`, { method: 'POST', agent: false, headers: { 'transfer-encoding': 'chunked' } });
    req.flushHeaders();
    const res = await new Promise<IncomingMessage>((resolve) => req.once('response', resolve));
    for (const part of ['one', 'two']) {
      req.write(part);
      expect(String(await new Promise((resolve) => res.once('data', resolve)))).toBe(part);
    }
    req.end();
    await new Promise((resolve) => res.once('end', resolve).resume());
  });

  it('the head of a stream arrives before its first event', async () => {
    const req = request(`${front}/silent-stream`, { agent: false }).end();
    const res = await new Promise<IncomingMessage>((resolve) => req.once('response', resolve));
    expect(res.headers['content-type']).toBe('text/event-stream');
    req.once('error', () => {});
    req.destroy();
    await eventually(
      async () => fixture.blue.aborted,
      (paths) => paths.includes('/silent-stream'),
    );
  });

  it('trailers go both ways', async () => {
    expect((await get(`${front}/trailers`)).trailers).toEqual({ 'x-digest': 'abc' });
    const chunked =
      'POST /digest HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n';
    expect(await raw(front, chunked)).toContain('"trailers":{"x-sum":"7"}');
  });

  it('an old HTTP/1.0 client gets an answer without chunks, trailers or not', async () => {
    const answer = await raw(front, 'GET /trailers HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(answer.endsWith('\r\n\r\nblue')).toBe(true);
  });

  it('HEAD has the head only', async () => {
    const agent = keepAliveAgent();
    expect(await get(`${front}/headers`, { method: 'HEAD', agent })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'x-version': 'blue' },
    });
    expect((await get(`${front}/`, { agent })).body).toBe('blue');
    agent.destroy();
  });

  it('a client that waits for 100 Continue gets it', async () => {
    const req = request(`${front}/digest`, { method: 'POST', agent: false, headers: { expect: '100-continue', 'content-length': '5' } });
    req.flushHeaders();
    await new Promise((resolve) => req.once('continue', resolve));
    const answered = new Promise<IncomingMessage>((resolve) => req.once('response', resolve));
    req.end('hello');
    expect((await answered).statusCode).toBe(200);
  });

  it('a request line with the whole address is taken', async () => {
    const answer = await raw(front, 'GET http://shop.example.com/request?q=1 HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n');
    expect(answer).toContain('"url":"/request?q=1"');
    expect(answer).toContain('"host":"shop.example.com"');
  });

  it("Java's offer to upgrade to HTTP/2 is ignored, and the request answered", async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';
    const post = `POST /digest HTTP/1.1\r\nHost: x\r\n${offer}Content-Length: 5\r\n\r\nhello`;
    const answer = await raw(front, `${post}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toContain('"size":5');
    expect(answer.endsWith('blue')).toBe(true);
  });
});

describe('the local router hands on what a color answers', () => {
  it('a color that closes its connection does not close that of the user', async () => {
    const agent = keepAliveAgent();
    const first = await get(`${front}/headers`, { agent });
    const second = await get(`${front}/headers`, { agent });
    expect(second.localPort).toBe(first.localPort);
    expect(first.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(first.headers).not.toHaveProperty('x-hop');
    agent.destroy();
  });

  it('an answer before the upload is over reaches the user', async () => {
    const agent = keepAliveAgent();
    const answer = await get(`${front}/too-large`, { method: 'POST', agent }, Buffer.alloc(2 * 1024 * 1024));
    expect(answer).toMatchObject({ status: 413, body: 'too large' });
    expect((await get(`${front}/`, { agent })).body).toBe('blue');
    agent.destroy();
  });

  it('WebSockets pass both ways and are counted while they are open', async () => {
    const { socket, next } = await openSocket();
    expect(await next()).toBe('hello from blue');
    socket.send('hi');
    expect(await next()).toBe('blue: hi');
    expect((await fixture.counters()).blue.open).toBe(1);
    socket.close();
    await fixture.counted(({ blue }) => blue.open === 0);
  });

  it('a color that refuses a WebSocket is heard', async () => {
    const socket = new WebSocket(`${front.replace('http', 'ws')}/`);
    const message = await new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message)));
    expect(message).toContain('400');
  });
});

describe('a switch of the local router', () => {
  it('moves the next request of an old connection, and leaves what has begun where it is', async () => {
    const agent = keepAliveAgent();
    const stream = get(`${front}/stream`);
    const { socket, next } = await openSocket();
    await next();
    const before = await get(`${front}/`, { agent });
    await fixture.counted(({ blue }) => blue.open === 2);
    expect(await fixture.provider.openConnections?.({ signal: AbortSignal.timeout(5_000), heartbeat: () => {} }, 'blue')).toBe(2);
    await fixture.switchTo('green');
    const after = await get(`${front}/`, { agent });
    expect([before.body, after.body]).toEqual(['blue', 'green']);
    expect(after.localPort).toBe(before.localPort);
    socket.send('still there?');
    expect(await next()).toBe('blue: still there?');
    expect((await stream).body).toMatch(/^(data: blue \d+\n\n){20}data: end\n\n$/);
    socket.close();
    await fixture.counted(({ blue, green }) => blue.open + green.open === 0);
    agent.destroy();
  });
});
