import { QueryRejectedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { Link } from '../../src/client/connection.ts';
import { status } from '../../src/client/query.ts';

const COMPLETED = 2;
const CONTINUED_AS_NEW = 6;
const DOCUMENT = { version: 'v2' };

/** A server that gives these answers, one after the other; the last one again and again. */
function serverThatSays(...answers: unknown[]): Link {
  const query = async (): Promise<unknown> => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const connection = { withDeadline: (_: number, call: () => Promise<unknown>) => call() };
  return { connection, workflows: { getHandle: () => ({ query }) } } as unknown as Link;
}

const timedOut = Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4, details: 'deadline', metadata: {} });

it('a run that is just handing over to the next is not taken for the end of the record: the next is asked', async () => {
  const link = serverThatSays(new QueryRejectedError(CONTINUED_AS_NEW), new QueryRejectedError(CONTINUED_AS_NEW), DOCUMENT);
  expect(await status(link, 'shop')).toEqual(DOCUMENT);
});

it('a question that is lost in a hand-over is asked again', async () => {
  expect(await status(serverThatSays(timedOut, DOCUMENT), 'shop')).toEqual(DOCUMENT);
});

it.each([new QueryRejectedError(COMPLETED), new WorkflowNotFoundError('not found', 'cutover/shop', undefined)])(
  'a record that was ended, or never was, has no status',
  async (answer) => {
    expect(await status(serverThatSays(answer), 'shop')).toBeNull();
  },
);
