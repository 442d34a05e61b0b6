import { setTimeout as sleep } from 'node:timers/promises';
import type { Color } from '../core/plan.ts';
import { lastLogLines } from '../providers/environments/colorLog.ts';
import { describeExit } from '../providers/environments/local/exit.ts';
import { readRecord } from '../providers/environments/local/record.ts';
import { observeRun } from '../providers/environments/local/runState.ts';
import { indented } from '../providers/processes/outputLines.ts';
import { routerStatus } from '../providers/routers/local/admin.ts';

const POLL_MS = 1_000;
const LINES = 10;

export interface WatchOptions {
  service: string;
  stateDir: string;
  warn(line: string): void;
  signal: AbortSignal;
}

/** Says, once for each process, that the one that users are sent to has died. What to do about it is a person's decision. */
export async function watchLiveColor({ service, stateDir, warn, signal }: WatchOptions): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const death = await deathOfLive(stateDir, service).catch(() => null);
    if (death !== null && death.instance !== told && !signal.aborted) {
      told = death.instance;
      warn(death.words);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

async function deathOfLive(stateDir: string, service: string): Promise<{ instance: string; words: string } | null> {
  const live = (await routerStatus(stateDir, service)).routing?.to;
  if (live !== 'blue' && live !== 'green') return null;
  const record = readRecord(stateDir, live);
  if (record === null) return null;
  const run = await observeRun(stateDir, live, record);
  if (run.state !== 'exited') return null;
  const how = record.stoppedAt === null ? describeExit(run.exit) : 'was stopped';
  return { instance: record.instance, words: await words(stateDir, service, { color: live, version: record.version, how }) };
}

async function words(stateDir: string, service: string, { color, version, how }: { color: Color; version: string; how: string }) {
  const lines = await lastLogLines(stateDir, color, LINES);
  return [
    `${color} ${version} is live and ${how}: users get errors${lines.length > 0 ? '; the last lines of its log:' : ''}`,
    ...(lines.length > 0 ? [indented(lines)] : []),
    `go back with \`cutover rollback ${service}\`, or bring up a version that runs with \`cutover deploy VERSION\``,
  ].join('\n');
}
