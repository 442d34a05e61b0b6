import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandEnvironment } from '../../src/providers/environments/command.ts';
import { commandRouter } from '../../src/providers/routers/command.ts';
import { environmentContract } from '../contract/environmentContract.ts';
import { routerContract } from '../contract/routerContract.ts';
import { call, lives, temporaryContext } from './support.ts';

type Context = Awaited<ReturnType<typeof temporaryContext>>;

async function write(context: Context, name: string, body: string): Promise<void> {
  await writeFile(join(context.folder, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(context.folder, name), 0o755);
}

const read = (context: Context, name: string) => readFile(join(context.folder, name), 'utf8').catch(() => '');

/** Scripts as a user has them: what they deploy is a file per color. */
async function writeScripts(context: Context): Promise<void> {
  await write(
    context,
    'deploy.sh',
    `echo "$1" >>starts
echo "deploying $2 to $1"
if [ "$2" = broken ]; then echo "no such image" >&2; exit 4; fi
printf '{"version":"%s","capacity":%s,"ready":%s}' "$2" "$CAPACITY" "$CAPACITY" >"$1.running"`,
  );
  await write(context, 'describe.sh', 'cat "$COLOR.running" 2>/dev/null || true');
  await write(context, 'remove.sh', 'rm -f "$COLOR.running"');
}

const scripts = { deploy: ['./deploy.sh', '{color}', '{version}'], describe: ['./describe.sh'], remove: ['./remove.sh'] };
const makeEnvironment = (context: Context, options: Record<string, unknown> = {}) =>
  commandEnvironment.create(commandEnvironment.options.parse({ ...scripts, ...options }), context);

environmentContract('command', async () => {
  const context = await temporaryContext();
  await writeScripts(context);
  return {
    environment: await makeEnvironment(context),
    versions: { good: 'v1', other: 'v2', bad: 'broken' },
    startsOnBlue: async () => (await read(context, 'starts')).split('\n').filter((line) => line === 'blue').length,
    close: context.discard,
  };
});

const routerScripts = { read: ['cat', 'live'], write: ['./write.sh', '{from}', '{color}'] };
const makeRouter = (context: Context, options: Record<string, unknown> = {}) =>
  commandRouter.create(commandRouter.options.parse({ ...routerScripts, ...options }), context);

async function writeRouterScripts(context: Context): Promise<void> {
  await writeFile(join(context.folder, 'live'), 'none\n');
  await write(context, 'write.sh', 'echo "$1 to $2, $FROM to $COLOR" >>writes; echo "$2" >live');
}

routerContract('command', async () => {
  const context = await temporaryContext();
  await writeRouterScripts(context);
  const router = await makeRouter(context, { connections: ['echo', '3'] });
  return { router, restart: () => makeRouter(context), close: context.discard };
});

describe('the command environment', () => {
  let context: Context;
  beforeEach(async () => {
    context = await temporaryContext();
    await writeScripts(context);
  });
  afterEach(() => context.discard());
  const want = { version: 'v1', capacity: 1, deploymentId: 'd1' };
  const log = () => readFile(join(context.stateDir, 'logs', 'green.log'), 'utf8');

  test('a deploy script that fails: exit code and last lines in the error, all of it in the log', async () => {
    const environment = await makeEnvironment(context);
    const failure = await environment.ensure(call, 'green', { ...want, version: 'broken' }).catch((error) => error);
    expect(failure).toMatchObject({ type: 'DeployFailed' });
    expect(failure.message).toContain('deploy broken on green: ./deploy.sh exited with code 4');
    expect(failure.message).toMatch(/ {2}deploying broken to green\n {2}no such image$/);
    expect(await log()).toContain('no such image');
  });

  test('scripts get what they need as arguments and in their environment, unread by any shell', async () => {
    await write(
      context,
      'deploy.sh',
      'echo "$COLOR $VERSION $SERVICE $CAPACITY $DEPLOYMENT_ID|$*|$PWD"; echo "{\\"version\\":\\"$VERSION\\",\\"capacity\\":3}" >green.running',
    );
    const environment = await makeEnvironment(context, {
      deploy: ['./deploy.sh', '{service}/{color}:{version}', '{capacity}', '$HOME; exit 1', '{other}'],
    });
    expect(await environment.ensure(call, 'green', { ...want, capacity: 3 })).toEqual({
      version: 'v1',
      capacity: 3,
      ready: 3,
      detail: null,
    });
    expect(await log()).toContain(`green v1 shop 3 d1|shop/green:v1 3 $HOME; exit 1 {other}|${context.folder}\n`);
  });

  test('the deployment waits until describe says that all copies are ready', async () => {
    await write(
      context,
      'describe.sh',
      'echo . >>asked; if [ $(wc -l <asked) -lt 3 ]; then echo \'{"version":"v1","capacity":1,"ready":0}\'; else cat green.running; fi',
    );
    const environment = await makeEnvironment(context);
    expect(await environment.ensure(call, 'green', want)).toMatchObject({ ready: 1 });
  });

  test('a deploy script that succeeded and deployed something else is no success', async () => {
    await write(context, 'deploy.sh', 'echo \'{"version":"v0"}\' >green.running');
    const environment = await makeEnvironment(context, { timeout: '300ms' });
    const failure = await environment.ensure(call, 'green', want).catch((error) => error);
    expect(failure).toMatchObject({ type: 'DeployFailed' });
    expect(failure.message).toContain('wanted v1 with 1 ready, and describe says: v0, 1 of 1 ready');
  });

  test('a script that takes too long is ended, what it started with it', async () => {
    await write(context, 'deploy.sh', 'trap "" TERM; sleep 60 & echo $! >child; echo waiting; wait; sleep 60');
    const environment = await makeEnvironment(context, { timeout: '300ms' });
    const failure = await environment.ensure(call, 'green', want).catch((error) => error);
    expect(failure).toMatchObject({ type: 'DeployFailed' });
    expect(failure.message).toContain('./deploy.sh was ended after its time limit of 300ms');
    expect(failure.message).toContain('  waiting');
    expect(lives(Number(await read(context, 'child')))).toBe(false);
  });

  test('what a deploy script leaves running in the background goes on', async () => {
    await write(context, 'deploy.sh', 'sleep 60 & echo $! >child; echo \'{"version":"v1"}\' >green.running');
    const environment = await makeEnvironment(context);
    await environment.ensure(call, 'green', want);
    const child = Number(await read(context, 'child'));
    expect(lives(child)).toBe(true);
    process.kill(child);
  });

  test('the same deployment asked for again after its color was removed is deployed again', async () => {
    const environment = await makeEnvironment(context);
    await environment.ensure(call, 'green', want);
    await environment.remove(call, 'green');
    await environment.ensure(call, 'green', want);
    expect(await read(context, 'starts')).toBe('green\ngreen\n');
  });

  test('a scale script is told how many, and none is the business of remove', async () => {
    await write(context, 'scale.sh', 'echo "$COLOR $1 $CAPACITY" >>scaled');
    const environment = await makeEnvironment(context, { scale: ['./scale.sh', '{capacity}'] });
    await environment.ensure(call, 'green', want);
    await environment.scale(call, 'green', 2);
    await environment.scale(call, 'green', 0);
    expect(await read(context, 'scaled')).toBe('green 2 2\n');
    expect(await environment.describe(call, 'green')).toMatchObject({ capacity: 0 });
  });

  test('a describe or remove script that fails says nothing of the color: tried again', async () => {
    const environment = await makeEnvironment(context, { describe: ['sh', '-c', 'echo "cannot log in" >&2; exit 2'], remove: ['false'] });
    const unknown = environment.describe(call, 'green');
    await expect(unknown).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('cannot log in') });
    await expect(environment.remove(call, 'green')).rejects.toMatchObject({ type: 'Unavailable' });
  });

  test('a describe script that prints something else is told what is expected', async () => {
    const environment = await makeEnvironment(context, { describe: ['echo', 'running v1'] });
    const failure = await environment.describe(call, 'green').catch((error) => error);
    expect(failure).toMatchObject({ type: 'InvalidConfiguration', message: expect.stringContaining('running v1') });
  });

  test('a script that does not exist is named', async () => {
    const environment = await makeEnvironment(context, { deploy: ['./no-such-script.sh'] });
    const failure = await environment.ensure(call, 'green', want).catch((error) => error);
    expect(failure).toMatchObject({ type: 'InvalidConfiguration', message: expect.stringContaining('./no-such-script.sh') });
  });
});

describe('the command router', () => {
  let context: Context;
  beforeEach(async () => {
    context = await temporaryContext();
    await writeRouterScripts(context);
  });
  afterEach(() => context.discard());

  test.each([
    ['blue', { to: 'blue', summary: 'all users to blue' }],
    ['{"to":"green","summary":"pool green, weight 100"}', { to: 'green', summary: 'pool green, weight 100' }],
    ['{"to":"other","summary":"30 % green"}', { to: 'other', summary: '30 % green' }],
    ['BLUE', { to: 'other', summary: 'the read script printed: BLUE' }],
    ['{"to":"red"}', { to: 'other', summary: 'the read script printed: {"to":"red"}' }],
    ['', { to: 'other', summary: 'the read script printed nothing' }],
  ])('a read script that prints %j', async (printed, routing) => {
    const router = await makeRouter(context, { read: ['printf', '%s\n', printed] });
    expect(await router.read(call)).toEqual(routing);
  });

  test('a read script that fails is not taken for a routing', async () => {
    const router = await makeRouter(context, { read: ['sh', '-c', 'echo blue; echo "cannot log in" >&2; exit 1'] });
    await expect(router.read(call)).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('cannot log in') });
  });

  test('the write script is told from where to where, once', async () => {
    const router = await makeRouter(context);
    const from = await router.read(call);
    await router.write(call, { to: 'green', from });
    await router.write(call, { to: 'green', from });
    expect(await read(context, 'writes')).toBe('none to green, none to green\n');
  });

  test('a write that failed, took too long or was abandoned may have been done: a failure that has to be read back', async () => {
    const from = { to: 'none', summary: 'users are sent nowhere' } as const;
    const failing = await makeRouter(context, { write: ['sh', '-c', 'echo "half done" >&2; exit 9'] });
    await expect(failing.write(call, { to: 'green', from })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('half done'),
    });
    const slow = await makeRouter(context, { write: ['sleep', '60'], timeout: '200ms' });
    await expect(slow.write(call, { to: 'green', from })).rejects.toMatchObject({ type: 'Unavailable' });
    const abandoned = await makeRouter(context, { write: ['sh', '-c', 'echo $$ >writer; exec sleep 60'] });
    const controller = new AbortController();
    const waiting = abandoned.write({ signal: controller.signal, heartbeat: () => controller.abort() }, { to: 'green', from });
    await expect(waiting).rejects.toMatchObject({ type: 'Unavailable' });
    expect(lives(Number(await read(context, 'writer')))).toBe(false);
  });

  test('open connections come from a script, where there is one', async () => {
    expect((await makeRouter(context)).openConnections).toBeUndefined();
    const counting = (...connections: string[]) =>
      makeRouter(context, { connections }).then((router) => router.openConnections!(call, 'green'));
    expect(await counting('sh', '-c', 'test "$COLOR" = green && echo 12')).toBe(12);
    expect(await counting('true')).toBeNull();
    await expect(counting('echo', 'many')).rejects.toMatchObject({ type: 'Unavailable' });
  });
});
