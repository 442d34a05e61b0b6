/** Which cluster a router talks to: what the service file says, then what kubectl would take. */
import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { kubernetesRouter } from '../../src/providers/routers/kubernetes.ts';
import { call } from '../contract/routerContract.ts';
import { contextOf, makeService } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';

const cluster = useCluster();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('KUBECONFIG', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const read = async (options: object = {}) => {
  const router = await kubernetesRouter.create(kubernetesRouter.options.parse({ service: 'shop', ...options }), contextOf(folder));
  return (await router.read(call())).to;
};

describe('the kubeconfig', () => {
  beforeEach(() => makeService(cluster, { app: 'shop', color: 'blue' }));

  test('is a path from the folder of the service file', async () => {
    await copyFile(cluster.kubeconfig, join(folder, 'mine'));
    expect(await read({ kubeconfig: './mine' })).toBe('blue');
  });

  test('is that of KUBECONFIG, or that of the home folder', async () => {
    vi.stubEnv('KUBECONFIG', cluster.kubeconfig);
    expect(await read()).toBe('blue');
    vi.stubEnv('KUBECONFIG', undefined);
    await mkdir(join(folder, '.kube'));
    await copyFile(cluster.kubeconfig, join(folder, '.kube', 'config'));
    expect(await read()).toBe('blue');
  });

  test('may be in several files; those that do not exist are left out, and what the first says is taken', async () => {
    const second = await cluster.writeKubeconfig({ token: 'nobody' });
    vi.stubEnv('KUBECONFIG', [join(folder, 'missing'), cluster.kubeconfig, second].join(':'));
    expect(await read()).toBe('blue');
  });

  test('says the namespace, unless the service file does', async () => {
    expect(await read({ kubeconfig: cluster.kubeconfig })).toBe('blue');
    await expect(read({ kubeconfig: cluster.kubeconfig, namespace: 'kube-system' })).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining('kube-system/shop'),
    });
  });

  test('that was written meanwhile is read again', async () => {
    const path = join(folder, 'mine');
    await copyFile(await cluster.writeKubeconfig({ token: 'nobody' }), path);
    await utimes(path, 1, 1);
    const router = await kubernetesRouter.create(
      kubernetesRouter.options.parse({ service: 'shop', kubeconfig: 'mine' }),
      contextOf(folder),
    );
    await expect(router.read(call())).rejects.toMatchObject({ type: 'Unavailable' });
    await copyFile(cluster.kubeconfig, path);
    expect((await router.read(call())).to).toBe('blue');
  });

  test('is one of several contexts, by its name', async () => {
    const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'));
    const [context] = config.contexts;
    config.contexts.push({ name: 'elsewhere', context: { ...context.context, namespace: 'kube-system' } });
    config['current-context'] = 'elsewhere';
    await writeFile(join(folder, 'mine'), JSON.stringify(config));
    await expect(read({ kubeconfig: 'mine' })).rejects.toMatchObject({ type: 'NotFound' });
    expect(await read({ kubeconfig: 'mine', context: context.name })).toBe('blue');
    await expect(read({ kubeconfig: 'mine', context: 'nowhere' })).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining(`its contexts are ${context.name}, elsewhere`),
    });
  });
});

describe('what is wrong is said', () => {
  test('no kubeconfig at all', async () => {
    await expect(read()).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('no kubeconfig was found'),
    });
  });

  test('a file that does not exist, or is none', async () => {
    await expect(read({ kubeconfig: 'missing' })).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('missing'),
    });
    await writeFile(join(folder, 'broken'), '{ "clusters": [');
    await expect(read({ kubeconfig: 'broken' })).rejects.toMatchObject({ type: 'InvalidConfiguration' });
    await writeFile(join(folder, 'empty'), '');
    await expect(read({ kubeconfig: 'empty' })).rejects.toMatchObject({ type: 'InvalidConfiguration' });
  });

  test('a name that became empty asks for nothing', async () => {
    const options = { ...kubernetesRouter.options.parse({ service: 'shop', kubeconfig: cluster.kubeconfig }), service: '' };
    await expect(kubernetesRouter.create(options, contextOf())).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('router.service is ""'),
    });
    expect(cluster.faults.calls).toEqual([]);
  });
});

test('requests share their connections', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  const connect = vi.spyOn(Agent.prototype as unknown as { createConnection(): unknown }, 'createConnection');
  const options = kubernetesRouter.options.parse({ service: 'shop', kubeconfig: cluster.kubeconfig });
  const router = await kubernetesRouter.create(options, contextOf());
  for (let turn = 0; turn < 5; turn++) await router.read(call());
  expect(connect).toHaveBeenCalledTimes(1);
  connect.mockRestore();
});
