import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimFile, LAUNCHER, settleClaim } from '../../src/providers/environments/local/claim.ts';
import { runningColors, stopColor } from '../../src/providers/environments/local/processes.ts';
import { localEnvironment } from '../../src/providers/environments/local.ts';
import { call, freePorts, lives, temporaryContext } from './support.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

let workerSource: string;
beforeAll(async () => {
  // Bundled, because the oldest Node that is supported does not read TypeScript.
  const { outputFiles } = await build({
    entryPoints: [fixture('ensure.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: {
      js: `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);const __filename = 'worker';`,
    },
  });
  workerSource = outputFiles[0]!.text;
});

describe('when the worker is killed', () => {
  let context: Awaited<ReturnType<typeof temporaryContext>>;
  let options: Record<string, unknown>;
  let startsFile: string;
  beforeEach(async () => {
    context = await temporaryContext();
    const [blue, green] = await freePorts(2);
    startsFile = join(context.folder, 'starts');
    options = {
      command: [process.execPath, fixture('app.mjs')],
      ports: { blue, green },
      env: { STARTS: startsFile },
      readiness: { timeout: '20s' },
      stopTimeout: '5s',
    };
    await writeFile(join(context.folder, 'worker.mjs'), workerSource);
  });
  afterEach(async () => {
    await stopColor(context.stateDir, 'green');
    await context.discard();
  });

  const startWorker = async (deploymentId: string): Promise<{ worker: ChildProcess; says(text: string): Promise<void> }> => {
    const job = JSON.stringify({ options, context, version: 'v1', deploymentId });
    const worker = spawn(process.execPath, [join(context.folder, 'worker.mjs'), job], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    worker.stdout!.on('data', (chunk) => {
      said += chunk;
    });
    const exited = once(worker, 'exit').then(() => Promise.reject(new Error(`the worker ended, having said ${JSON.stringify(said)}`)));
    exited.catch(() => {});
    const says = async (text: string) => {
      while (!said.includes(text)) await Promise.race([once(worker.stdout!, 'data'), exited]);
    };
    return { worker, says };
  };
  const kill = async (worker: ChildProcess) => {
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  };
  const environment = () => localEnvironment.create(localEnvironment.options.parse(options), context);
  const ensure = async (deploymentId: string) => (await environment()).ensure(call, 'green', { version: 'v1', capacity: 1, deploymentId });
  const started = async () =>
    (await readFile(startsFile, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Number(line.split(' ')[2]));

  test('its colors go on and write to their logs, and the next worker finds, adopts and removes them', async () => {
    const { worker, says } = await startWorker('d1');
    await says('ready');
    await kill(worker);
    const [found] = await runningColors(context.stateDir);
    expect(found).toMatchObject({ color: 'green', version: 'v1', deploymentId: 'd1' });
    expect(await ensure('d1')).toEqual({ version: 'v1', capacity: 1, ready: 1, detail: null });
    expect(await started()).toEqual([found!.pid]);
    await (await environment()).remove(call, 'green');
    expect(lives(found!.pid)).toBe(false);
  });

  test('at whatever moment of a deployment, the next attempt ends with exactly one process', async () => {
    for (const delay of [0, 2, 5, 10, 20, 40, 80]) {
      const deploymentId = `d${delay}`;
      const { worker, says } = await startWorker(deploymentId);
      await says('begins');
      await sleep(delay);
      await kill(worker);
      expect(await ensure(deploymentId), `killed after ${delay} ms`).toMatchObject({ version: 'v1', ready: 1 });
      const alive = (await started()).filter(lives);
      expect(alive, `killed after ${delay} ms`).toEqual([(await runningColors(context.stateDir))[0]!.pid]);
    }
  });

  test('between writing down what it starts and starting it, the next attempt starts it', async () => {
    await ensure('d1');
    await stopColor(context.stateDir, 'green');
    const file = join(context.stateDir, 'green.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...record, instance: 'never-launched', deploymentId: 'd2', stoppedAt: null }));
    expect(await ensure('d2')).toMatchObject({ version: 'v1', ready: 1 });
    expect(await started()).toHaveLength(2);
  });

  test('a start that was given up can no longer happen, however late its launcher is', async () => {
    await mkdir(join(context.stateDir, 'run'), { recursive: true });
    await settleClaim(context.stateDir, 'green', 'late');
    const trace = join(context.folder, 'trace');
    const launched = spawnSync('/bin/sh', ['-c', LAUNCHER, 'sh', claimFile(context.stateDir, 'green', 'late'), 'touch', trace]);
    expect(launched.status).not.toBe(0);
    expect(existsSync(trace)).toBe(false);
  });

  test('nothing of former starts piles up', async () => {
    for (const id of ['d1', 'd2', 'd3']) await ensure(id);
    expect(await readdir(join(context.stateDir, 'run'))).toHaveLength(1);
  });
});
