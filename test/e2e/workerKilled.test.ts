import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phase, StatusDocument } from '../../src/contract.ts';
import { type Dev, startDev } from './support/dev.ts';
import { selfAt } from './support/load.ts';
import { heldServer } from './support/programs.ts';
import { kill, Service } from './support/service.ts';

interface Case {
  phase: Phase;
  /** What keeps it there until the worker is dead (see `heldServer`). */
  hold?: string;
  file?: Record<string, unknown>;
  /** What a person does to bring it there, once it is monitored. */
  undo?: true;
  ends: Partial<StatusDocument>;
  live: 'v1' | 'v2';
  /** How many processes run on blue and on green at the end. */
  processes: [number, number];
}

const succeeds: Pick<Case, 'ends' | 'live' | 'processes'> = {
  ends: { outcome: 'succeeded', phase: 'retaining' },
  live: 'v2',
  processes: [1, 1],
};
const cleansUp: Pick<Case, 'ends' | 'live' | 'processes'> = {
  ends: { outcome: 'succeeded', phase: 'ended' },
  live: 'v2',
  processes: [0, 1],
};
const goesBack: Pick<Case, 'ends' | 'live' | 'processes'> = {
  ends: { outcome: 'rolled-back', phase: 'ended' },
  live: 'v1',
  processes: [1, 0],
};

/** What a clock moves on comes last: it has to be there still when the others are. */
const CASES: Case[] = [
  { phase: 'deploying', hold: 'ready-v2', ...succeeds },
  { phase: 'testing', hold: 'test-v2', ...succeeds },
  { phase: 'awaiting-approval', file: { approval: { required: true } }, ...succeeds },
  { phase: 'switching', hold: 'front-v2', ...succeeds },
  { phase: 'decommissioning', hold: 'stop-v1', file: { retention: { duration: '100ms' } }, ...cleansUp },
  { phase: 'rolling-back', hold: 'front-v1', file: { monitor: { duration: '1h', interval: '1s' } }, undo: true, ...goesBack },
  { phase: 'monitoring', file: { monitor: { duration: '20s', interval: '1s' } }, ...succeeds },
  { phase: 'retaining', file: { retention: { duration: '20s' } }, ...cleansUp },
];

const COMMON = { smokeTests: [{ name: 'health', path: '/health', timeout: '1m' }], switch: { drain: { timeout: '5s' } } };
const services = new Map<Phase, Service>();
const of = (phase: Phase): Service => services.get(phase)!;
const statusOf = (service: Service, ...args: string[]) => service.json<StatusDocument>('status', service.name, ...args);
let dev: Dev;

/** Brings a deployment of v2 to its phase, where it stays. */
async function park({ phase, hold, file = {}, undo }: Case): Promise<void> {
  const service = of(phase);
  await service.writeFile({ ...COMMON, ...file });
  if (hold !== undefined) await writeFile(join(service.folder, `hold-${hold}`), '');
  await service.cutover('deploy', 'v2', '--wait-for', undo ? 'monitoring' : phase);
  if (undo) await service.cutover('rollback', service.name, '--no-wait');
}

async function release({ phase, hold }: Case): Promise<void> {
  if (hold !== undefined) await rm(join(of(phase).folder, `hold-${hold}`));
  if (phase === 'awaiting-approval') expect(await of(phase).cutover('approve', phase)).toMatchObject({ code: 0 });
}

describe('a worker that is killed with SIGKILL', () => {
  beforeAll(async () => {
    for (const { phase } of CASES) {
      const [beside] = services.values();
      const programs = { 'app.mjs': heldServer };
      services.set(phase, await Service.create({ name: phase, beside, programs, file: COMMON }));
    }
    const [first, ...others] = [...services.values()] as [Service, ...Service[]];
    dev = await startDev(first);
    await Promise.all(others.map((service) => service.start('router').says(/listens on/)));
    await Promise.all([...services.values()].map((service) => service.json('deploy', 'v1', '--wait')));
    const timed = CASES.slice(-2);
    await Promise.all(CASES.filter((one) => !timed.includes(one)).map(park));
    await Promise.all(timed.map(park));
    await Promise.all(CASES.map(({ phase }) => of(phase).untilStatus((status) => status.phase === phase)));

    kill(dev.document.worker.pid);
    await dev.command.says(/the worker ended \(SIGKILL\)/);
    await Promise.all(CASES.map(release));
  });
  afterAll(async () => {
    await Promise.all([...services.values()].map((service) => service.discard()));
  });

  it.each(CASES)('while $phase: the deployment goes on by itself, and nothing is done twice', async ({ phase, ends, live, processes }) => {
    const service = of(phase);
    await service.untilStatus((status) => status.phase === ends.phase);
    const status = await statusOf(service, '--live');
    expect(status).toMatchObject(ends);
    expect(await selfAt(service.url)).toMatchObject({ version: live, color: status.liveColor });
    expect([(await service.onColor('blue')).length, (await service.onColor('green')).length]).toEqual(processes);
  });
});
