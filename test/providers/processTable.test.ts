import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { groupLives, tokenOf } from '../../src/providers/processes/processTable.ts';

/** Its first thread ends, which makes the process a zombie; another one goes on until its standard input ends. */
const HEADLESS = `
import ctypes, sys, threading
threading.Thread(target=sys.stdin.read).start()
print('headless', flush=True)
ctypes.CDLL(None).pthread_exit(None)
`;

test('a process whose first thread has ended lives on until the last one has: it may hold a port', async () => {
  const child = spawn('python3', ['-c', HEADLESS], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  expect(await tokenOf(child.pid!)).not.toBeNull();
  expect(await groupLives(child.pid!)).toBe(true);
  child.stdin.end();
  await ended;
  expect(await tokenOf(child.pid!)).toBeNull();
  expect(await groupLives(child.pid!)).toBe(false);
});
