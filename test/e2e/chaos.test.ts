import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StatusDocument } from '../../src/contract.ts';
import { otherColor } from '../../src/core/plan.ts';
import { loadState } from '../../src/providers/routers/local/stateFile.ts';
import type { Ended } from './support/cli.ts';
import { type Dev, startDev } from './support/dev.ts';
import { type SteadyLoad, selfAt, steadyLoad } from './support/load.ts';
import { failingServer } from './support/programs.ts';
import { seededRandom } from './support/random.ts';
import { type Downtime, killServer, pidsOf, SERVERS, type Server, unexplained } from './support/servers.ts';
import { Service } from './support/service.ts';

vi.setConfig({ testTimeout: 300_000 });

/** More of them: CUTOVER_CHAOS_RUNS=50. The same again: CUTOVER_CHAOS_SEED=<the seed of a run>, CUTOVER_CHAOS_RUNS=1. */
const RUNS = Number(process.env.CUTOVER_CHAOS_RUNS ?? 4);
const FIRST_SEED = Number(process.env.CUTOVER_CHAOS_SEED ?? Date.now() % 1_000_000);
const SEEDS = Array.from({ length: RUNS }, (_, n) => FIRST_SEED + n);
/** Longer than a good deployment takes: from its command's start to its outcome. */
const KILLS_WITHIN_MS = 7_000;

/** What happens in one run. A bad version answers users with errors, and only them. */
interface Scenario {
  version: string;
  bad: boolean;
  /** By a person, when the deployment has succeeded. */
  undone: boolean;
  kills: { server: Server; afterMs: number }[];
}

function scenarioOf(seed: number): Scenario {
  const random = seededRandom(seed);
  const servers = Object.keys(SERVERS) as Server[];
  const bad = random() < 0.35;
  const undone = !bad && random() < 0.3;
  const kills = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    server: servers[Math.floor(random() * servers.length)]!,
    afterMs: Math.floor(random() * KILLS_WITHIN_MS),
  })).sort((a, b) => a.afterMs - b.afterMs);
  return { version: `${bad ? 'bad' : 'good'}-${seed}`, bad, undone, kills };
}

/** A bad version gets a window that ends by its errors only; what is undone is there still when that is asked for. */
const fileFor = ({ bad, undone }: Pick<Scenario, 'bad' | 'undone'>) => ({
  smokeTests: [{ name: 'health', path: '/health' }],
  monitor: { duration: bad ? '1m' : '4s', interval: '1s', checks: [{ name: 'error-rate', source: { type: 'router' }, max: 0.2 }] },
  switch: { drain: { timeout: '5s' } },
  retention: { duration: undone ? '1h' : '1s' },
});

let service: Service;
let dev: Dev;
let users: SteadyLoad | null = null;

const status = (...args: string[]) => service.json<StatusDocument>('status', 'shop', ...args);

/** One after the other: what is down is not killed again. */
async function killAll(kills: Scenario['kills']): Promise<Downtime[]> {
  const began = Date.now();
  const downtimes = kills.map(async ({ server, afterMs }) => {
    await sleep(Math.max(0, began + afterMs - Date.now()));
    return killServer(service, server);
  });
  return (await Promise.all(downtimes)).filter((down) => down !== null);
}

/** As a careful pipeline does it: where the command could not learn what came of its request, it repeats it with the same id. */
async function insist(...command: string[]): Promise<Ended> {
  for (;;) {
    const ended = await service.cutover(...command);
    if (ended.code !== 1) return ended;
    expect(ended.stderr).toMatch(/no Temporal server answers|was lost|no worker/);
  }
}

const deploy = (version: string) => insist('deploy', version, '--wait', '--request-id', `request-${version}`);

/** Nothing of the attempt is left, nothing is there twice. */
async function expectTidy(live: StatusDocument['liveColor']): Promise<void> {
  expect(await service.onColor(otherColor(live!))).toEqual([]);
  expect(await service.onColor(live!)).toHaveLength(1);
  for (const server of Object.keys(SERVERS) as Server[]) expect(await pidsOf(service, server)).toHaveLength(1);
  // Those, the live version, and `cutover dev` itself.
  expect(await service.processes()).toHaveLength(5);
}

/** The status, the router's file and the users' address all say the same. */
async function expectTruth(version: string): Promise<StatusDocument> {
  const now = await status('--live');
  expect((await loadState(service.stateDir)).live).toBe(now.liveColor);
  expect(await selfAt(service.url)).toMatchObject({ version, color: now.liveColor });
  return now;
}

describe('worker, Temporal server and router killed at random moments of a deployment', () => {
  beforeAll(async () => {
    service = await Service.create({
      programs: { 'app.mjs': failingServer },
      file: fileFor({ bad: false, undone: false }),
    });
    dev = await startDev(service);
    expect(await deploy('good-first')).toMatchObject({ code: 0 });
  });
  afterEach(() => users?.stop());
  afterAll(() => service.discard());

  it.each(SEEDS)('seed %i: it ends well by itself, users saw only what they may, and the status is true', async (seed) => {
    const { version, bad, undone, kills } = scenarioOf(seed);
    const story = JSON.stringify({ seed, version, undone, kills });
    await service.writeFile(fileFor({ bad, undone }));
    const { version: before } = await selfAt(service.url);
    users = steadyLoad(service.url, { perSecond: 30 });
    const [ended, downtimes] = await Promise.all([deploy(version), killAll(kills)]);
    expect(ended.code, `${story}\n${ended.stderr}`).toBe(bad ? 5 : 0);
    if (undone) {
      const { code, stderr } = await service.cutover('rollback', 'shop');
      expect(code, `${story}\n${stderr}`).toBe(0);
    }
    const settled = Date.now();
    await service.untilStatus(({ phase }) => phase === 'ended');
    await users.stop();

    const back = bad || undone;
    const live = back ? before : version;
    const now = await expectTruth(live);
    expect(now, story).toMatchObject({ version, outcome: back ? 'rolled-back' : 'succeeded' });
    await expectTidy(now.liveColor);
    const others = users.answers.filter((one) => one.version !== before && one.version !== version);
    expect(others, story).toEqual([]);
    expect(
      users.answers.filter((one) => one.at > settled && one.version !== live),
      story,
    ).toEqual([]);
    const failures = users.failures.filter(({ what, at }) => at > settled || !(bad && what.startsWith(`500 ${version}`)));
    expect(unexplained(failures, downtimes), `${story} ${JSON.stringify(downtimes)}`).toEqual([]);
  });

  it('afterwards Ctrl-C leaves nothing running', async () => {
    expect(await dev.command.ctrlC()).toMatchObject({ code: 0 });
    expect(await service.processes()).toEqual([]);
  });
});
