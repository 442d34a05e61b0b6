import { afterEach, expect, test } from 'vitest';
import { DemoRun } from './runDemo.ts';

const LIMIT_MS = 240_000;
let run: DemoRun;

afterEach(() => run?.cleanUp());

test(
  'the demo releases v1, v2 and a bad v3 under traffic without one failed request, and leaves nothing behind',
  async () => {
    run = await DemoRun.start();
    expect(await run.end(), run.output).toBe(0);

    expect(run.figure('failed because of a switch')).toBe(0);
    expect(run.figure('requests sent')).toBeGreaterThan(1_000);
    expect(run.figure('requests sent')).toBe(run.figure('answered well') + run.figure('bad answers of v3 itself'));
    expect(run.figure('bad answers of v3 itself')).toBeGreaterThan(0);
    expect(run.output).toMatch(/first to last bad answer +\d+\.\d s/);
    expect(run.output).toMatch(/the Temporal UI: http:\/\/127\.0\.0\.1:\d+\//);
    expect(run.output.split('\n').length).toBeLessThan(70);

    expect(await remains()).toEqual(NOTHING);
  },
  LIMIT_MS,
);

test(
  'a request that fails for another reason than v3 ends the demo with an error that says so and where the logs are',
  async () => {
    run = await DemoRun.start();
    await run.says('users arrive');
    process.kill(await run.pidOf('router'), 'SIGKILL');
    expect(await run.end(), run.output).toBe(1);

    expect(run.output).toMatch(/The story went wrong: \d+ requests of users failed, and none should; the first at /);
    const [folder] = await run.folders();
    expect(run.output).toContain(`The logs are kept: ${folder}`);
    expect(await remains()).toEqual({ ...NOTHING, folders: [folder] });
  },
  LIMIT_MS,
);

test(
  'Ctrl-C in the middle of the demo stops all that it started',
  async () => {
    run = await DemoRun.start();
    await run.says('users arrive');
    run.kill('SIGINT');
    expect(await run.end(), run.output).toBe(130);
    expect(await remains()).toEqual(NOTHING);
  },
  LIMIT_MS,
);

test(
  'a demo whose `cutover dev` is killed says so, and stops what that one left',
  async () => {
    run = await DemoRun.start();
    await run.says('users arrive');
    process.kill(await run.pidOf('dev'), 'SIGKILL');
    expect(await run.end(), run.output).toBe(1);

    expect(run.output).toContain('The story went wrong: `cutover dev` ended in the middle of it (SIGKILL)');
    expect(await remains()).toEqual({ ...NOTHING, folders: await run.folders() });
  },
  LIMIT_MS,
);

const NOTHING = { processes: [], addresses: [], folders: [] };
const remains = async () => ({ processes: await run.survivors(), addresses: await run.openAddresses(), folders: await run.folders() });
