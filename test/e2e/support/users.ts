/** What users do with the program of `streamingServer.mjs`: each resolves to the version that it had to do with, and rejects where anything of it is not whole. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openLoop, type SteadyLoad, versionAt } from './load.ts';

const STREAM_MS = 5_000;
const PIECE_MS = 250;
const PIECES = STREAM_MS / PIECE_MS;
const PATIENCE_MS = 60_000;

/** Each kind of users, by what they do; begins when it is called. */
export const USERS: Record<string, (url: string) => SteadyLoad> = {
  'over connections that are kept': (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    return openLoop({ perSecond: 10 }, () => answered(url, agent));
  },
  'over a new connection each time': (url) => openLoop({ perSecond: 10 }, () => versionAt(url)),
  'downloading for 5 seconds': (url) => openLoop({ perSecond: 1 }, () => download(url)),
  'uploading for 5 seconds': (url) => openLoop({ perSecond: 1 }, () => upload(url)),
  'on a WebSocket for 5 seconds': (url) => openLoop({ perSecond: 1 }, () => talk(url)),
};

const whole = (url: string, agent: Agent | false, write: (sent: ReturnType<typeof request>) => void, method = 'GET'): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      text(response).then(
        (body) => (response.statusCode === 200 ? resolve(body) : reject(new Error(`${response.statusCode} ${body}`))),
        reject,
      );
    });
    sent.once('error', reject);
    write(sent);
  });

async function answered(url: string, agent: Agent): Promise<string> {
  return JSON.parse(await whole(url, agent, (sent) => sent.end())).version;
}

async function download(url: string): Promise<string> {
  const body = await whole(`${url}download?ms=${STREAM_MS}`, false, (sent) => sent.end());
  const lines = body.trimEnd().split('\n');
  if (lines.pop() !== 'end' || lines.length !== PIECES) throw new Error(`not whole: ${body}`);
  return onlyOne(lines);
}

async function upload(url: string): Promise<string> {
  const piece = Buffer.alloc(1_024);
  const body = await whole(`${url}upload`, false, (sent) => void feed(sent, piece), 'POST');
  const { version, bytes } = JSON.parse(body) as { version: string; bytes: number };
  if (bytes !== PIECES * piece.length) throw new Error(`only ${bytes} bytes arrived`);
  return version;
}

async function feed(sent: ReturnType<typeof request>, piece: Buffer): Promise<void> {
  for (let n = 0; n < PIECES && !sent.destroyed; n++) {
    sent.write(piece);
    await sleep(PIECE_MS);
  }
  sent.end();
}

/** Says something each 250 ms and wants it back; it is the user who ends it. */
function talk(url: string): Promise<string> {
  const socket = new WebSocket(url.replace('http', 'ws'), { handshakeTimeout: PATIENCE_MS });
  const versions: string[] = [];
  return new Promise((resolve, reject) => {
    const say = (): void => socket.send(String(versions.length));
    socket.on('error', reject);
    socket.on('close', (code) => {
      if (versions.length < PIECES) reject(new Error(`closed with ${code} after ${versions.length} of ${PIECES} answers`));
      else resolve(onlyOne(versions));
    });
    socket.on('open', say);
    socket.on('message', (data) => {
      const [version, message] = String(data).split(' ');
      if (message !== String(versions.length)) reject(new Error(`message ${versions.length} came back as ${message}`));
      versions.push(version!);
      setTimeout(() => (versions.length < PIECES ? say() : socket.close()), PIECE_MS);
    });
  });
}

function onlyOne(versions: string[]): string {
  const [version, ...others] = new Set(versions);
  if (version === undefined || others.length > 0) throw new Error(`answers of several versions: ${versions.join(' ')}`);
  return version;
}
