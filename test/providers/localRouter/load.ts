import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Answer, get, keepAliveAgent } from './client.ts';

/** Users of every kind, until they are told to stop. What went wrong for any of them is kept. */
export interface Load {
  done: { keepAlive: number; fresh: number; streams: number; messages: number };
  failures: string[];
  stop(): Promise<void>;
}

/** A whole stream of one color: a cut one, or one that changes its color, is none. */
const WHOLE_STREAM = /^(data: (blue|green) 0\n\n)(data: \2 \d+\n\n){19}data: end\n\n$/;

export const startLoad = (front: string): Load => {
  let stopped = false;
  const done = { keepAlive: 0, fresh: 0, streams: 0, messages: 0 };
  const failures: string[] = [];

  const repeat = async (kind: keyof typeof done, pauseMs: number, once: () => Promise<string | null>): Promise<void> => {
    while (!stopped) {
      const failure = await once().catch((error: Error) => error.message);
      if (failure === null) done[kind] += 1;
      else failures.push(`${kind}: ${failure}`);
      await sleep(pauseMs);
    }
  };
  const page = (answer: Answer) => (answer.status === 200 && /^(blue|green)$/.test(answer.body) ? null : `${answer.status} ${answer.body}`);

  const agents = Array.from({ length: 4 }, keepAliveAgent);
  const users = [
    ...agents.map((agent) => repeat('keepAlive', 2, async () => page(await get(`${front}/`, { agent })))),
    ...Array.from({ length: 3 }, () => repeat('fresh', 5, async () => page(await get(`${front}/`)))),
    ...Array.from({ length: 5 }, () =>
      repeat('streams', 10, async () => {
        const { body } = await get(`${front}/stream`);
        return WHOLE_STREAM.test(body) ? null : `a cut stream: ${body}`;
      }),
    ),
    ...Array.from({ length: 3 }, () => talk(front, () => stopped, done, failures)),
  ];
  return {
    done,
    failures,
    async stop() {
      stopped = true;
      await Promise.all(users);
      for (const agent of agents) agent.destroy();
    },
  };
};

/** One WebSocket that stays open all the time, and has to stay with the color that accepted it. */
const talk = async (front: string, stopped: () => boolean, done: Load['done'], failures: string[]): Promise<void> => {
  const socket = new WebSocket(`${front.replace('http', 'ws')}/ws`);
  const next = () =>
    new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
    });
  socket.setMaxListeners(0);
  try {
    const color = (await next()).replace('hello from ', '');
    for (let n = 0; !stopped(); n += 1) {
      const answer = next();
      socket.send(`${n}`);
      if ((await answer) !== `${color}: ${n}`) throw new Error(`not the answer of ${color}: ${await answer}`);
      done.messages += 1;
      await sleep(20);
    }
  } catch (error) {
    failures.push(`WebSocket: ${(error as Error).message}`);
  } finally {
    socket.close();
  }
};
