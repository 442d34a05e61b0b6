import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDev } from './support/dev.ts';
import { type SteadyLoad, versionAt } from './support/load.ts';
import { Service } from './support/service.ts';
import { USERS } from './support/users.ts';

const PROGRAM = fileURLToPath(new URL('./support/streamingServer.mjs', import.meta.url));
const SWITCHES = 20;
const ROLLBACKS = 5;
const LONG = Object.keys(USERS).filter((kind) => kind.includes('5 seconds'));
const LIMIT_MS = 600_000;

let service: Service;
let users: Record<string, SteadyLoad> = {};
/** Where users were moved to, and when (epoch ms): the first deployment, then every switch and rollback. */
const moves: { version: string; at: number }[] = [];

const file = (monitor: Record<string, unknown>) => ({
  environment: { type: 'local', command: ['node', PROGRAM], ports: { blue: service.ports.blue, green: service.ports.green } },
  monitor: { interval: '500ms', checks: [{ name: 'error-rate', source: { type: 'router' }, max: 0 }], ...monitor },
  switch: { drain: { timeout: '60s' } },
  retention: { duration: '500ms' },
});

async function deploy(version: string, wait = '--wait'): Promise<void> {
  const { code, stderr } = await service.cutover('deploy', version, ...wait.split(' '));
  expect(code, stderr).toBe(0);
  expect(await versionAt(service.url)).toBe(version);
  moves.push({ version, at: Date.now() });
}

async function rollBack(to: string): Promise<void> {
  const { code, stderr } = await service.cutover('rollback', 'shop');
  expect(code, stderr).toBe(0);
  expect(await versionAt(service.url)).toBe(to);
  moves.push({ version: to, at: Date.now() });
}

/** Four deployments, then the way back from the last of them. */
async function round(n: number): Promise<void> {
  const version = (of: number) => `v${n}-${of}`;
  await service.writeFile(file({ duration: '1s' }));
  for (const of of [1, 2, 3]) await deploy(version(of));
  if (n === 1) {
    // When the old version was removed: it is brought up again.
    await deploy(version(4));
    await service.untilStatus(({ phase }) => phase === 'ended');
  } else if (n % 2 === 0) {
    await service.writeFile(file({ duration: '1h' }));
    await deploy(version(4), '--wait-for monitoring');
  } else await deploy(version(4));
  await rollBack(version(3));
  // A version that is brought up again is monitored like any other.
  await service.untilStatus(({ outcome }) => outcome !== null);
}

describe(`${SWITCHES} switches and ${ROLLBACKS} rollbacks of a service that is in use`, () => {
  beforeAll(async () => {
    service = await Service.create();
    await service.writeFile(file({ duration: '1s' }));
    await startDev(service);
    await deploy('v0');
    users = Object.fromEntries(Object.entries(USERS).map(([kind, begin]) => [kind, begin(service.url)]));
    for (let n = 1; n <= ROLLBACKS; n++) await round(n);
    await Promise.all(Object.values(users).map((load) => load.stop()));
  }, LIMIT_MS);
  afterAll(async () => {
    await Promise.all(Object.values(users).map((load) => load.stop()));
    await service.discard();
  });

  it('every one of them moved users', () => {
    expect(moves).toHaveLength(1 + SWITCHES + ROLLBACKS);
    const seen = users['over a new connection each time']!.versions;
    expect([...new Set(moves.map(({ version }) => version))].filter((version) => !seen.has(version))).toEqual([]);
  });

  it.each(Object.keys(USERS))('users %s: none failed, and each had to do with one version', (kind) => {
    const { sent, answers, failures } = users[kind]!;
    expect(failures).toEqual([]);
    expect(answers).toHaveLength(sent);
  });

  it.each(LONG)('an old version is not stopped before the last users %s have left it', (kind) => {
    const outlasting = users[kind]!.answers.filter((one) =>
      moves.some(({ version, at }) => version !== one.version && at > one.at && at < one.until),
    );
    expect(outlasting.length).toBeGreaterThan(SWITCHES);
  });
});
