import { expect, it } from 'vitest';
import type { Link } from '../../src/client/connection.ts';
import { watch } from '../../src/client/watch.ts';

/** A worker that takes so long for its answers, in turn; counts the questions. */
function workerThatTakes(...times: number[]): { link: Link; asked(): number } {
  let asked = 0;
  const query = async (): Promise<unknown> => {
    const ms = times[asked % times.length];
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { version: 'v2', phase: 'ended', steps: [], change: asked };
  };
  const connection = { withDeadline: (_: number, call: () => Promise<unknown>) => call() };
  return { link: { connection, workflows: { getHandle: () => ({ query }) } } as unknown as Link, asked: () => asked };
}

async function questionsIn(ms: number, { link, asked }: ReturnType<typeof workerThatTakes>): Promise<number> {
  const until = Date.now() + ms;
  for await (const _ of watch(link, 'shop')) if (Date.now() >= until) break;
  return asked();
}

it('a worker that is slow to answer is asked seldom: watching does not hold up what is watched', async () => {
  const [prompt, slow] = await Promise.all([questionsIn(2_000, workerThatTakes(1)), questionsIn(2_000, workerThatTakes(300))]);
  expect(prompt).toBeGreaterThan(3 * slow);
});

it('one slow answer is no reason to look away: the question may have been lost', async () => {
  expect(await questionsIn(2_000, workerThatTakes(400, 1))).toBeGreaterThan(4);
});
