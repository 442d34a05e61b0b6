/** What every demo's story is told with. */
import { readFile } from 'node:fs/promises';
import type { Cutover } from '../client.ts';
import type { Outcome } from '../contract.ts';
import { Deployment } from './deployment.ts';
import { StoryError } from './errors.ts';
import type { Screen } from './screen.ts';
import type { Tally } from './tally.ts';

export interface Stage {
  /** http://host:port that users connect to. */
  front: string;
  client: Cutover;
  screen: Screen;
  /** The service file. */
  file: string;
  signal: AbortSignal;
}

/** The version of the sample service that has a bug. */
export const BAD = 'v3';

export async function showServiceFile({ screen, file }: Stage): Promise<void> {
  screen.print(`\n${screen.style.bold('The service file')}: all that cutover has to know (${file})`);
  screen.print(screen.style.dim((await readFile(file, 'utf8')).trimEnd().replace(/^/gm, '    ')));
}

export function chapter({ screen }: Stage, title: string, command: string): void {
  screen.print(`\n${screen.style.bold(title)}   ${screen.style.cyan(`$ ${command}`)}`);
}

export const deploy = ({ client, screen, file, signal }: Stage, version: string, expected: Outcome, tally: Tally): Promise<Deployment> =>
  Deployment.start({ client, screen, file, version, expected, signal, aside: () => seen(tally) });

const seen = ({ total, failures, bad }: Tally): string =>
  total === 0
    ? 'no users yet'
    : `${total.toLocaleString('en')} requests, ${failures.length} failed${bad.count === 0 ? '' : `, ${bad.count} bad answers of ${BAD}`}`;

export function requireNoFailures({ failures: [first, ...others] }: Tally): void {
  if (first === undefined) return;
  const more = others.length === 0 ? 'a request' : `${others.length + 1} requests`;
  throw new StoryError(`${more} of users failed, and none should; the first at ${new Date(first.at).toISOString()}, ${first.what}`);
}
