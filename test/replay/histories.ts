/** The committed histories: a file for each path, with all the runs that it took. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';

type History = ReturnType<typeof historyFromJSON>;

const FOLDER = new URL('./histories/', import.meta.url);
const SUFFIX = '.json';

export const recordedPaths = async (): Promise<string[]> =>
  (await readdir(FOLDER)).map((file) => (file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file)).sort();

export async function historiesOf(path: string): Promise<History[]> {
  const runs: unknown[] = JSON.parse(await readFile(new URL(`${path}${SUFFIX}`, FOLDER), 'utf8'));
  return runs.map(historyFromJSON);
}

/** From the first run on, each named by the one before it. */
export async function runsOf(handle: (runId: string) => WorkflowHandle, firstRunId: string): Promise<History[]> {
  const history = await handle(firstRunId).fetchHistory();
  const next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  return next ? [history, ...(await runsOf(handle, next))] : [history];
}

export async function keep(path: string, runs: History[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const text = runs.map((run) => JSON.stringify(JSON.parse(historyToJSON(run)), anonymous)).join(',\n');
  await writeFile(fileURLToPath(new URL(`${path}${SUFFIX}`, FOLDER)), `[\n${text}\n]\n`);
}

/** Nothing of the machine that recorded it: replay needs neither identities nor stack traces. */
const anonymous = (key: string, value: unknown): unknown =>
  key === 'identity' ? 'recorder' : key === 'stackTrace' || key === 'workerVersion' || key === 'workerControlTaskQueue' ? undefined : value;
