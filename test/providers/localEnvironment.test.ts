import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reviveColor, runningColors, stopColor } from '../../src/providers/environments/local/processes.ts';
import { localEnvironment } from '../../src/providers/environments/local.ts';
import type { Environment, ProviderContext } from '../../src/providers/types.ts';
import { environmentContract } from '../contract/environmentContract.ts';
import { call, freePorts, lives, temporaryContext } from './support.ts';

const APP = fileURLToPath(new URL('./fixtures/app.mjs', import.meta.url));

interface Bench {
  context: ProviderContext;
  ports: { blue: number; green: number };
  environment: Environment;
  /** The same place with other options, as after an edit of the service file. */
  make(options?: Record<string, unknown>): Promise<Environment>;
  starts(color: string): Promise<number>;
  close(): Promise<void>;
}

async function openBench(): Promise<Bench> {
  const context = await temporaryContext();
  const [blue, green] = (await freePorts(2)) as [number, number];
  const startsFile = join(context.folder, 'starts');
  const make = (options: Record<string, unknown> = {}) =>
    localEnvironment.create(
      localEnvironment.options.parse({
        command: [process.execPath, APP],
        ports: { blue, green },
        env: { STARTS: startsFile },
        readiness: { timeout: '10s' },
        stopTimeout: '5s',
        ...options,
      }),
      context,
    );
  return {
    context,
    ports: { blue, green },
    environment: await make(),
    make,
    starts: async (color) =>
      (await readFile(startsFile, 'utf8').catch(() => '')).split('\n').filter((line) => line.startsWith(color)).length,
    close: async () => {
      await Promise.all([stopColor(context.stateDir, 'blue'), stopColor(context.stateDir, 'green')]);
      await context.discard();
    },
  };
}

environmentContract('local', async () => {
  const bench = await openBench();
  return {
    environment: bench.environment,
    versions: { good: 'v1', other: 'v2', bad: 'exits' },
    startsOnBlue: () => bench.starts('blue'),
    close: bench.close,
  };
});

describe('the local environment', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(async () => {
    await bench.close();
  });

  const deploy = (version: string, { environment = bench.environment, color = 'green' as 'blue' | 'green', id = version } = {}) =>
    environment.ensure(call, color, { version, capacity: 1, deploymentId: id });
  const ask = async (color: 'blue' | 'green' = 'green') =>
    (await fetch(`http://127.0.0.1:${bench.ports[color]}/`, { headers: { connection: 'close' } })).json() as Promise<
      Record<string, unknown>
    >;
  const log = (name: string) => readFile(join(bench.context.stateDir, 'logs', name), 'utf8');
  const pid = async () => (await runningColors(bench.context.stateDir))[0]!.pid;

  const environmentIsDead = async () => {
    while ((await runningColors(bench.context.stateDir)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test('the program gets its argv as written, PORT, VERSION, COLOR and its own variables, in the folder of the service file', async () => {
    const args = ['$HOME', 'a b', '"; exit 1; "', '*', '{color}-{version}-{port}-{service}', ''];
    const environment = await bench.make({ command: [process.execPath, APP, ...args], env: { GREETING: 'hello {color} $(id)' } });
    await deploy('v1', { environment });
    expect(await ask()).toMatchObject({
      version: 'v1',
      color: 'green',
      argv: [...args.slice(0, 4), `green-v1-${bench.ports.green}-shop`, ''],
      greeting: 'hello green $(id)',
      cwd: bench.context.folder,
    });
  });

  test('a program that exits fails the deployment with its exit code and the last 20 lines of its log', async () => {
    const failure = await deploy('exits').catch((error: Error) => error.message);
    expect(failure).toContain('green exits exited with code 3 before it was ready');
    expect(failure).toContain('  line 12\n');
    expect(failure).not.toContain('line 11\n');
    expect(failure).toMatch(/ {2}cannot read its configuration$/);
    expect(failure).not.toContain(APP);
  });

  test('a program that was killed is told from one that exited', async () => {
    const environment = await bench.make({ command: ['/bin/sh', '-c', 'kill -9 $$'] });
    await expect(deploy('v1', { environment })).rejects.toThrow('was ended by SIGKILL');
  });

  test.each([
    ['silent', () => `nothing listens on port ${bench.ports.green}`],
    ['lost', () => `GET http://127.0.0.1:${bench.ports.green}/ready answered 404; set environment.readiness.path`],
    ['unready', () => 'answered 503'],
    ['hangs', () => 'did not answer within'],
  ])(
    'a program that never becomes ready (%s) is stopped when its time is over, and the error says what was seen',
    async (version, said) => {
      const environment = await bench.make({ readiness: { timeout: '1500ms' } });
      const failure = await deploy(version, { environment }).catch((error) => error);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      expect(failure.message).toContain('was not ready within 1500ms');
      expect(failure.message).toContain(said());
      // The command may hold a secret, and this text ends in a workflow's history.
      expect(failure.message).not.toContain(APP);
      expect(await runningColors(bench.context.stateDir)).toEqual([]);
    },
  );

  test('a program that goes to the background is told to stay, and does not stay there', async () => {
    const environment = await bench.make({ command: ['/bin/sh', '-c', '"$0" "$1" &', process.execPath, APP] });
    const failure = await deploy('v1', { environment }).catch((error) => error);
    expect(failure).toMatchObject({ type: 'DeployFailed', message: expect.stringContaining('has to stay in the foreground') });
    await expect(ask()).rejects.toThrow();
  });

  test('a program that does not exist is named', async () => {
    for (const program of ['no-such-program', './no-such-program']) {
      const environment = await bench.make({ command: [program] });
      await expect(deploy('v1', { environment })).rejects.toMatchObject({
        type: 'DeployFailed',
        message: expect.stringContaining(program),
      });
    }
  });

  test('a port that another program listens on is named, with that program, before anything is started', async () => {
    const stranger = createServer().listen(bench.ports.green, '0.0.0.0');
    try {
      const failure = await deploy('v1').catch((error) => error);
      expect(failure).toMatchObject({ type: 'DeployFailed' });
      expect(failure.message).toContain(`port ${bench.ports.green} of green is taken by another process`);
      if (process.platform === 'linux') expect(failure.message).toContain(`process ${process.pid}`);
      expect(await bench.starts('green')).toBe(0);
    } finally {
      stranger.close();
    }
  });

  test('a process that dies by itself is reported with how it ended and what it said last', async () => {
    await deploy('v1');
    await fetch(`http://127.0.0.1:${bench.ports.green}/crash`).catch(() => {});
    // The connection that it was asked by is lost a moment before it is gone.
    await expect
      .poll(() => bench.environment.describe(call, 'green'))
      .toEqual({ version: 'v1', capacity: 1, ready: 0, detail: `exited with code 7; its last line: listening on ${bench.ports.green}` });
  });

  test('a process that is alive and does not answer is not ready', async () => {
    await deploy('v1');
    const leader = await pid();
    process.kill(leader, 'SIGSTOP');
    try {
      expect(await bench.environment.describe(call, 'green')).toMatchObject({
        version: 'v1',
        capacity: 1,
        ready: 0,
        detail: /did not answer/,
      });
    } finally {
      process.kill(leader, 'SIGCONT');
    }
  });

  test('an attempt that finds its process dead starts it again', async () => {
    await deploy('v1');
    process.kill(await pid(), 'SIGKILL');
    await environmentIsDead();
    expect(await deploy('v1')).toMatchObject({ version: 'v1', ready: 1 });
    expect(await bench.starts('green')).toBe(2);
  });

  test('a program that ignores SIGTERM is killed after its grace time, its children with it', async () => {
    const environment = await bench.make({ stopTimeout: '200ms' });
    await deploy('stubborn', { environment });
    const stubborn = await pid();
    await environment.remove(call, 'green');
    expect(lives(stubborn)).toBe(false);
    expect(await log('green.log')).toContain('I stay');

    await deploy('parent', { environment });
    const child = Number(/child (\d+)/.exec(await log('green.log'))![1]);
    await environment.remove(call, 'green');
    expect(lives(child)).toBe(false);
  });

  test('children whose parent died by itself are removed as well', async () => {
    const environment = await bench.make({ stopTimeout: '200ms' });
    await deploy('parent', { environment });
    const child = Number(/child (\d+)/.exec(await log('green.log'))![1]);
    process.kill(await pid(), 'SIGKILL');
    await environment.remove(call, 'green');
    expect(lives(child)).toBe(false);
  });

  test('a stranger that got the id of a process that is gone is neither taken for it nor killed', async () => {
    await deploy('v1');
    process.kill(await pid(), 'SIGKILL');
    await environmentIsDead();
    const { instance } = JSON.parse(await readFile(join(bench.context.stateDir, 'green.json'), 'utf8'));
    const claim = join(bench.context.stateDir, 'run', `green.${instance}.claim`);
    const [, ...rest] = (await readFile(claim, 'utf8')).split('\n');
    const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    try {
      await writeFile(claim, [String(stranger.pid), ...rest].join('\n'));
      expect(await runningColors(bench.context.stateDir)).toEqual([]);
      expect(await bench.environment.describe(call, 'green')).toMatchObject({ ready: 0 });
      await bench.environment.remove(call, 'green');
      expect(lives(stranger.pid!)).toBe(true);
    } finally {
      stranger.kill();
    }
  });

  test('the log of the deployment before is kept, and each log begins with what was started', async () => {
    await deploy('v1');
    await deploy('v2');
    expect((await log('green.log')).split('\n')[0]).toMatch(/^\[cutover\] \d{4}-\S+ green v2: .*app\.mjs$/);
    expect(await log('green.log')).toContain(`listening on ${bench.ports.green}`);
    expect((await log('green.1.log')).split('\n')[0]).toContain('green v1: ');
  });

  test('what may hold secrets is for the owner only', async () => {
    await deploy('v1');
    const modes = await Promise.all(
      ['green.json', 'logs/green.log'].map(async (file) => (await stat(join(bench.context.stateDir, file))).mode & 0o077),
    );
    expect(modes).toEqual([0, 0]);
  });

  test('a state folder that cannot be written is named', async () => {
    const logs = join(bench.context.stateDir, 'logs');
    await mkdir(bench.context.stateDir);
    await writeFile(logs, 'a file where a folder has to be');
    await expect(deploy('v1')).rejects.toMatchObject({ type: 'DeployFailed', message: expect.stringContaining(logs) });
    const options = localEnvironment.options.parse({ command: [process.execPath, APP], ports: bench.ports });
    const environment = await localEnvironment.create(options, { ...bench.context, stateDir: join(logs, 'state') });
    await expect(deploy('v1', { environment })).rejects.toThrow(logs);
    expect(await bench.starts('green')).toBe(0);
  });

  test('started again after a stop, a color runs exactly what it ran', async () => {
    const environment = await bench.make({ env: { GREETING: 'hello' } });
    await deploy('v1', { environment, color: 'blue', id: 'd1' });
    await stopColor(bench.context.stateDir, 'blue');
    expect(await environment.describe(call, 'blue')).toMatchObject({ version: null, capacity: 0 });
    expect(await reviveColor(bench.context.stateDir, 'blue')).toBe(true);
    expect(await ask('blue')).toMatchObject({ version: 'v1', greeting: 'hello' });
    expect(await runningColors(bench.context.stateDir)).toMatchObject([
      { color: 'blue', version: 'v1', deploymentId: 'd1', port: bench.ports.blue },
    ]);
  });

  test('a color that lives is not started a second time, and one that never ran is not invented', async () => {
    await deploy('v1', { color: 'blue' });
    expect(await reviveColor(bench.context.stateDir, 'blue')).toBe(true);
    expect(await bench.starts('blue')).toBe(1);
    expect(await reviveColor(bench.context.stateDir, 'green')).toBe(false);
  });
});
