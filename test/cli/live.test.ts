import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectLink } from '../../src/client/connection.ts';
import { type StatusDocument, workflowId } from '../../src/contract.ts';
import { devServer } from '../support/temporal.ts';
import { cutover, type Ended } from './command.ts';
import { type Link, linkTo, type Running, removeColors, shopFolder, start } from './setting.ts';

// One service on one real server, with the built command; the tests are the days of its life, in order.
let folder: string;
let env: NodeJS.ProcessEnv;
let link: Link;
let worker: Running;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const shop = await shopFolder();
  cleanups.push(shop.remove);
  folder = shop.folder;
  const server = await devServer();
  cleanups.push(server.stop);
  env = { TEMPORAL_ADDRESS: server.address };
  link = await linkTo(server.address);
  cleanups.push(link.close);
  const router = start(['router'], { cwd: folder, env });
  cleanups.push(
    () => router.kill('SIGTERM'),
    () => removeColors(folder),
  );
  await router.says('listens on');
  worker = await startWorker();
  cleanups.push(() => worker.kill('SIGKILL'));
});

afterAll(async () => {
  // In order, and all of them, also where one fails.
  const ended = await cleanups.reduceRight(
    async (before, cleanup) => [...(await before), ...(await Promise.allSettled([cleanup()]))],
    Promise.resolve<PromiseSettledResult<unknown>[]>([]),
  );
  expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
});

async function startWorker(): Promise<Running> {
  const started = start(['worker'], { cwd: folder, env });
  await started.says('the worker is ready');
  return started;
}

const run = (...args: string[]): Promise<Ended> => cutover(args, { cwd: folder, env, timeoutMs: 50_000 });
const status = async (): Promise<StatusDocument> => JSON.parse((await run('status', 'shop', '-o', 'json')).stdout);

test('a service that was never deployed says so, with exit status 3', async () => {
  expect(await run('status', 'shop')).toEqual({ code: 3, stdout: '', stderr: 'cutover: shop was never deployed\n' });
  expect((await run('rollback')).code).toBe(3);
  expect(JSON.parse((await run('status', '-o', 'json')).stdout)).toEqual({ services: [] });
});

test('plan says what would happen, and nothing happens', async () => {
  const { code, stdout } = await run('plan', 'v1');
  expect(code).toBe(0);
  expect(stdout).toContain('shop v1');
  expect((await run('status', 'shop')).code).toBe(3);
});

test('deploy --wait tells the progress on standard error and ends with one document', async () => {
  const { code, stdout, stderr } = await run('deploy', 'v1', '--wait', '-o', 'json', '--request-id', 'job-1', '--by', 'ana');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: 'v1', outcome: 'succeeded', liveColor: 'blue', requestedBy: 'ana' });
  for (const line of ['deploying v1', 'smoke test ✔ identity', 'monitoring v1']) expect(stderr).toContain(line);
});

test('the same request again follows the deployment that it started before', async () => {
  const first = await status();
  const { code, stdout } = await run('deploy', 'v1', '--wait', '-o', 'json', '--request-id', 'job-1');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).deploymentId).toBe(first.deploymentId);
});

test('the same request id for another version is refused: nothing was started, and nobody shall believe it', async () => {
  const { code, stderr } = await run('deploy', 'v9', '--request-id', 'job-1');
  expect(code).toBe(3);
  expect(stderr).toContain('request id job-1 has asked for shop v1 before: v9 needs a request id of its own');
  expect((await status()).version).toBe('v1');
});

test('a program that does not start ends with exit status 4, its last words, and users on the old version', async () => {
  const { code, stdout } = await run('deploy', 'broken', '--wait');
  expect(code).toBe(4);
  expect(stdout).toContain('no database');
  expect(stdout).toContain('users were never touched');
  expect((await status()).liveColor).toBe('blue');
});

test('deploy --wait survives a lost connection', async () => {
  const deploy = start(['deploy', 'v2', '--wait'], { cwd: folder, env: { TEMPORAL_ADDRESS: link.address } });
  cleanups.push(() => deploy.kill('SIGKILL'));
  await deploy.says('monitoring v2');
  link.cut();
  await deploy.says('still trying');
  link.mend();
  await deploy.says('connected again');
  expect(await deploy.ended).toBe(0);
});

test('a rollback says which way it goes, returns when users are back, and is refused a second time', async () => {
  const { code, stdout, stderr } = await run('rollback', 'shop', '--reason', 'slow');
  expect(code).toBe(0);
  expect(stderr).toContain('rolling back shop: v2 → v1');
  expect(stdout).toBe('shop is rolled back: users are on v1\n');
  expect(await status()).toMatchObject({ outcome: 'rolled-back', liveColor: 'blue', decisions: [{ action: 'rollback', reason: 'slow' }] });
  expect((await run('rollback', 'shop')).code).toBe(3);
});

test('a rollback to what users are on is refused', async () => {
  const { code, stderr } = await run('rollback', 'shop', '--to', 'v1');
  expect(code).toBe(3);
  expect(stderr).toContain('users are on v1 already');
});

test('Ctrl-C of --wait leaves the deployment running and says how to follow it', async () => {
  const deploy = start(['deploy', 'v3', '--wait'], { cwd: folder, env });
  cleanups.push(() => deploy.kill('SIGKILL'));
  await deploy.says('monitoring v3');
  process.kill(deploy.pid, 'SIGINT');
  expect(await deploy.ended).toBe(130);
  expect(deploy.lines.at(-1)).toBe('the deployment of shop goes on; follow it with: cutover watch shop');
  expect(await status()).toMatchObject({ version: 'v3', outcome: null });
  expect((await run('deploy', 'v4')).code).toBe(3);
  expect(JSON.parse((await run('watch', '-o', 'json')).stdout)).toMatchObject({ version: 'v3', outcome: 'succeeded' });
});

test('deploy --wait-for a phase returns when it is reached', async () => {
  const { code, stdout } = await run('deploy', 'v4', '--wait-for', 'switching', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: 'v4', outcome: null });
  expect((await run('deploy', 'v4', '--wait-for', 'retaining', '--quiet')).code).toBe(3);
});

test('a rollback while no worker runs is stored, and carried out by the next worker', async () => {
  await worker.kill('SIGKILL');
  const { code, stderr } = await run('rollback', 'shop');
  expect(code).toBe(1);
  expect(stderr).toContain('it is stored and will be carried out as soon as a worker runs');
  worker = await startWorker();
  await expect.poll(async () => (await status()).outcome, { timeout: 30_000 }).toBe('rolled-back');
  expect((await status()).liveColor).toBe('green');
});

test('the record keeps every deployment, and who did what', async () => {
  const { deployments } = JSON.parse((await run('history', '-o', 'json')).stdout);
  expect(deployments.map(({ version, outcome }: StatusDocument) => [version, outcome])).toEqual([
    ['v4', 'rolled-back'],
    ['v3', 'succeeded'],
    ['v2', 'rolled-back'],
    ['broken', 'failed'],
    ['v1', 'succeeded'],
  ]);
  expect((await run('audit')).stdout).toMatch(/rollback +slow/);
  expect((await run('logs', 'green')).stdout).toContain('v3');
});

test('status --live reads the router anew', async () => {
  const { code, stdout } = await run('status', 'shop', '--live', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).liveColor).toBe('green');
});

test('a record that was terminated in Temporal is said to be so, and the next deployment takes over what users are on', async () => {
  const temporal = await connectLink({ address: env.TEMPORAL_ADDRESS });
  await temporal.workflows.getHandle(workflowId('shop')).terminate('by hand');
  await temporal.connection.close();
  for (const command of ['status', 'rollback']) {
    const { code, stderr } = await run(command, 'shop');
    expect(code).toBe(3);
    expect(stderr).toContain('its run was terminated in Temporal');
  }
  const { code, stdout } = await run('deploy', 'v5', '--wait', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', previousVersion: 'v3', previousColor: 'green' });
});
