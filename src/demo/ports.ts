import { portFault } from '../temporal/ports.ts';

/** Below the range that outgoing connections take theirs from: sooner or later one of the users' would sit on a color's port. */
const FIRST = 20_000;
const COUNT = 10_000;
export const HOST = '127.0.0.1';

/** Different ports of this machine that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if ((await portFault({ host: HOST, port })) === null) found.add(port);
  }
  return [...found];
}
