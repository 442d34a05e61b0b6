import { expect, it } from 'vitest';
import type { Link } from '../../src/client/connection.ts';
import { sendUpdate } from '../../src/client/update.ts';

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
const PERMISSION_DENIED = 7;

it.each([
  [
    'that met a run while that handed over',
    grpc(FAILED_PRECONDITION, 'Unable to perform workflow execution update due to unexpected workflow task failure.'),
  ],
  ['whose connection was lost', grpc(UNAVAILABLE, 'connection reset')],
])('an update %s is sent again', async (_claim, trouble) => {
  expect(await sendUpdate(link, callThat(trouble, trouble, 'done'))).toBe('done');
});

it('an update that is not allowed is not sent again', async () => {
  await expect(sendUpdate(link, callThat(grpc(PERMISSION_DENIED, 'not for you'), 'done'))).rejects.toThrow('not for you');
});
