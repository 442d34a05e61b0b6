/** What users do with the program of `streamingServer.mjs`: each resolves to the version that it had to do with, and rejects where anything of it is not whole. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openLoop, type SteadyLoad, versionAt } from './load.ts';

const PIECE_MS = 250;
const PATIENCE_MS = 60_000;

export type Users = Record<string, (url: string) => SteadyLoad>;

/** Each kind of users, by what they do; begins when it is called. Those who stay, stay so long. */
export const usersWhoStay = (seconds: number): Users => {
  const pieces = (seconds * 1_000) / PIECE_MS;
  return {
    'over connections that are kept': (url) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      return openLoop({ perSecond: 10 }, () => answered(url, agent));
    },
    'over a new connection each time': (url) => openLoop({ perSecond: 10 }, () => versionAt(url)),
    [`downloading for ${seconds} seconds`]: (url) => openLoop({ perSecond: 1 }, () => download(url, pieces)),
    [`uploading for ${seconds} seconds`]: (url) => openLoop({ perSecond: 1 }, () => upload(url, pieces)),
    [`on a WebSocket for ${seconds} seconds`]: (url) => openLoop({ perSecond: 1 }, () => talk(url, pieces)),
  };
};

export const USERS = usersWhoStay(5);

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

async function download(url: string, pieces: number): Promise<string> {
  const body = await whole(`${url}download?ms=${pieces * PIECE_MS}`, false, (sent) => sent.end());
  const lines = body.trimEnd().split('\n');
  if (lines.pop() !== 'end' || lines.length !== pieces) throw new Error(`not whole: ${body}`);
  return onlyOne(lines);
}

async function upload(url: string, pieces: number): Promise<string> {
  const piece = Buffer.alloc(1_024);
  const body = await whole(`${url}upload`, false, (sent) => void feed(sent, piece, pieces), 'POST');
  const { version, bytes } = JSON.parse(body) as { version: string; bytes: number };
  if (bytes !== pieces * piece.length) throw new Error(`only ${bytes} bytes arrived`);
  return version;
}

async function feed(sent: ReturnType<typeof request>, piece: Buffer, pieces: number): Promise<void> {
  for (let n = 0; n < pieces && !sent.destroyed; n++) {
    sent.write(piece);
    await sleep(PIECE_MS);
  }
  sent.end();
}

/** Says something each 250 ms and wants it back; it is the user who ends it. */
function talk(url: string, pieces: number): Promise<string> {
  const socket = new WebSocket(url.replace('http', 'ws'), { handshakeTimeout: PATIENCE_MS });
  const versions: string[] = [];
  return new Promise((resolve, reject) => {
    const say = (): void => socket.send(String(versions.length));
    socket.on('error', reject);
    socket.on('close', (code) => {
      if (versions.length < pieces) reject(new Error(`closed with ${code} after ${versions.length} of ${pieces} answers`));
      else resolve(onlyOne(versions));
    });
    socket.on('open', say);
    socket.on('message', (data) => {
      const [version, message] = String(data).split(' ');
      if (message !== String(versions.length)) reject(new Error(`message ${versions.length} came back as ${message}`));
      versions.push(version!);
      setTimeout(() => (versions.length < pieces ? say() : socket.close()), PIECE_MS);
    });
  });
}

function onlyOne(versions: string[]): string {
  const [version, ...others] = new Set(versions);
  if (version === undefined || others.length > 0) throw new Error(`answers of several versions: ${versions.join(' ')}`);
  return version;
}
