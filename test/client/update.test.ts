import { expect, it } from 'vitest';
import type { Link } from '../../src/client/connection.ts';
import { NotTaken, sendUpdate } from '../../src/client/update.ts';

const link = {
  address: '127.0.0.1:7233',
  connection: { withDeadline: (_: number, call: () => Promise<unknown>) => call() },
} as unknown as Link;

/** A call that ends so, one time after the other. */
function callThat(...endings: unknown[]): () => Promise<unknown> {
  return async () => {
    const ending = endings.shift();
    if (ending instanceof Error) throw ending;
    return ending;
  };
}

const grpc = (code: number, details: string): Error => Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });

const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;
const RESOURCE_EXHAUSTED = 8;
const PERMISSION_DENIED = 7;

it.each([
  [
    'that met a run while that handed over',
    grpc(FAILED_PRECONDITION, 'Unable to perform workflow execution update due to unexpected workflow task failure.'),
  ],
  ['whose connection was lost', grpc(UNAVAILABLE, 'connection reset')],
  ['that a server with too much to do did not take', grpc(RESOURCE_EXHAUSTED, '')],
])('an update %s is sent again', async (_claim, trouble) => {
  expect(await sendUpdate(link, callThat(trouble, trouble, 'done'))).toBe('done');
});

it('an update that is not allowed is not sent again', async () => {
  await expect(sendUpdate(link, callThat(grpc(PERMISSION_DENIED, 'not for you'), 'done'))).rejects.toThrow('not for you');
});

const DEADLINE_EXCEEDED = 4;
const timedOut = grpc(DEADLINE_EXCEEDED, 'deadline');

/** The same, with a worker that asked for work so long ago. */
const polled = (agoMs: number): Link => {
  const pollers = [{ lastAccessTime: { seconds: Math.floor((Date.now() - agoMs) / 1_000), nanos: 0 } }];
  const workflowService = { describeTaskQueue: async () => ({ pollers }) };
  return { ...link, taskQueue: 'cutover', connection: { ...link.connection, workflowService } } as unknown as Link;
};

it('an update that nobody took because the workers are busy with other services is waited for', async () => {
  expect(await sendUpdate(polled(1_000), callThat(timedOut, timedOut, 'done'))).toBe('done');
});

it('an update to a service whose step a worker is at work on is waited for', async () => {
  const lastHeartbeatTime = { seconds: Math.floor(Date.now() / 1_000), nanos: 0 };
  const describe = async () => ({ raw: { pendingActivities: [{ lastHeartbeatTime }] } });
  const atWork = { ...polled(30_000), workflows: { getHandle: () => ({ describe }) } } as unknown as Link;
  expect(await sendUpdate(atWork, callThat(timedOut, 'done'), 'shop')).toBe('done');
});

it.each([
  ['the last worker has not asked for work since', () => polled(30_000)],
  ['nobody can say', () => link],
])('an update that nobody took is given up where %s', async (_claim, given) => {
  await expect(sendUpdate(given(), callThat(timedOut, 'done'))).rejects.toThrow(NotTaken);
});
