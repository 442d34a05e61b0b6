import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it holds; only the test's own time limit ends the patience. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}
