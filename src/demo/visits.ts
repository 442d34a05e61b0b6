/** The ways in which a user of the sample service comes by. */
import { randomBytes } from 'node:crypto';
import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { lastFrameIsClose, textFrames } from './webSocketFrames.ts';

/** `version` is null where the answer does not come from the service. */
export interface Answer {
  status: number;
  version: string | null;
}

/** Longer than any answer takes; a stream lasts four seconds. */
const TIMEOUT_MS = 15_000;

const kept = new Agent({ keepAlive: true });

/** Each visit rejects where it gets no answer, or one that breaks off. */
export const VISITS = {
  'on kept connections': (front: string) => page(front, kept),
  'on new connections': (front: string) => page(front, false),
  'event streams': prices,
  WebSockets: stock,
} satisfies Record<string, (front: string) => Promise<Answer>>;

export type VisitKind = keyof typeof VISITS;

async function page(front: string, agent: Agent | false): Promise<Answer> {
  const answer = await open(`${front}/`, { agent });
  await text(answer);
  return facts(answer);
}

async function prices(front: string): Promise<Answer> {
  const answer = await open(`${front}/prices`, { agent: false });
  const events = (await text(answer)).split('\n\n').slice(0, -1);
  const found = facts(answer);
  if (answer.statusCode === 200) requireWhole(found, events.slice(0, -1), events.at(-1) === 'data: end', 'stream');
  return found;
}

async function stock(front: string): Promise<Answer> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  const answer = await open(`${front}/stock`, { agent: false, headers });
  const bytes = await buffer(answer.statusCode === 101 ? answer.socket : answer);
  const found = facts(answer);
  if (answer.statusCode === 101) requireWhole(found, textFrames(bytes), lastFrameIsClose(bytes), 'WebSocket');
  return found;
}

/** All of it from one version, to its regular end. */
function requireWhole({ version }: Answer, events: string[], ended: boolean, what: string): void {
  if (!ended) throw new Error(`a ${what} was cut after ${events.length} events`);
  if (events.length === 0 || !events.every((event) => event.includes(`${version} `))) throw new Error(`a ${what} changed its version`);
}

const facts = ({ statusCode, headers }: IncomingMessage): Answer => ({
  status: statusCode ?? 0,
  version: headers['x-version']?.toString() ?? null,
});

function open(url: string, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    asked.once('response', resolve).once('error', reject);
    asked.once('upgrade', (answer, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(answer);
    });
    asked.end();
  });
}
