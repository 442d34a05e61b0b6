import type { KubernetesObject, V1ManagedFieldsEntry } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { call, routerContract } from '../contract/routerContract.ts';
import { annotate, kubectlSelects, makeService, readService, selectorOf, send, serviceRouter } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';

const cluster = useCluster();

routerContract('router kubernetes', async () => {
  await makeService(cluster, { app: 'shop' });
  return {
    router: await serviceRouter(cluster),
    fresh: 'other',
    restart: () => serviceRouter(cluster),
    close: async () => {},
  };
});

describe('reading', () => {
  test('names the Service, its selector and who wrote it', async () => {
    await makeService(cluster, { app: 'shop', color: 'blue' });
    const router = await serviceRouter(cluster);
    await kubectlSelects(cluster, 'green');
    const { to, summary } = await router.read(call());
    expect(to).toBe('green');
    expect(summary).toContain(`Service ${cluster.namespace}/shop selects app=shop,color=green: green (written by kubectl-patch at 20`);
  });

  test('a selector without the key selects both colors, and says so', async () => {
    await makeService(cluster, { app: 'shop' });
    const { to, summary } = await (await serviceRouter(cluster)).read(call());
    expect(to).toBe('other');
    expect(summary).toContain('selects app=shop: without color, so that it selects both colors');
  });

  test('a value of neither color is other', async () => {
    await makeService(cluster, { app: 'shop', color: 'purple' });
    const { to, summary } = await (await serviceRouter(cluster)).read(call());
    expect(to).toBe('other');
    expect(summary).toContain('color is neither blue (blue) nor green (green)');
  });

  test('the label and its values may be others', async () => {
    await makeService(cluster, { app: 'shop', 'example.com/version': 'v1' });
    const router = await serviceRouter(cluster, { selectorKey: 'example.com/version', values: { blue: 'v1', green: 'v2' } });
    expect((await router.read(call())).to).toBe('blue');
    await send(router, 'green');
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', 'example.com/version': 'v2' });
  });

  test('a Service without a selector is never given one', async () => {
    await makeService(cluster, undefined);
    const router = await serviceRouter(cluster);
    expect((await router.read(call())).summary).toContain('has no selector');
    await expect(send(router, 'green')).rejects.toMatchObject({ type: 'InvalidConfiguration' });
    expect(await selectorOf(cluster)).toBeUndefined();
  });
});

describe('a switch', () => {
  test('changes one key of the selector and nothing else that anybody has written', async () => {
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'shop',
        labels: { app: 'shop', team: 'checkout' },
        annotations: { 'example.com/owner': 'Ada', note: 'two\nlines' },
        finalizers: ['example.com/keep'],
      },
      spec: {
        selector: { app: 'shop', tier: 'web', color: 'blue' },
        type: 'NodePort',
        sessionAffinity: 'ClientIP',
        ports: [
          { name: 'http', port: 80, targetPort: 'web' },
          { name: 'metrics', port: 9090, appProtocol: 'http' },
        ],
      },
    } as KubernetesObject);
    await cluster.kubectl(['label', 'service', 'shop', 'cost=7', '--field-manager=accounting']);
    const before = await readService(cluster);
    const router = await serviceRouter(cluster);
    await send(router, 'green');
    const after = await readService(cluster);
    expect(after.spec).toEqual({ ...before.spec, selector: { app: 'shop', tier: 'web', color: 'green' } });
    expect(unversioned(after.metadata!)).toEqual(unversioned(before.metadata!));
    expect(others(after.metadata!.managedFields)).toEqual(others(before.metadata!.managedFields));
    expect(after.metadata!.managedFields!.map(({ manager }) => manager)).toContain('cutover');
  });

  test('is one read, one write with what was read, and one read back', async () => {
    await makeService(cluster, { app: 'shop', color: 'blue' });
    const { metadata } = await readService(cluster);
    const router = await serviceRouter(cluster);
    const from = await router.read(call());
    await router.write(call(), { to: 'green', from });
    await router.read(call());
    expect(cluster.faults.calls.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'get services',
      'patch services',
      'get services',
    ]);
    expect(cluster.faults.callsOf('patch', 'services')).toMatchObject([
      {
        fieldManager: 'cutover',
        userAgent: 'cutover',
        contentType: 'application/merge-patch+json',
        body: { metadata: { resourceVersion: metadata!.resourceVersion }, spec: { selector: { color: 'green' } } },
      },
    ]);
  });

  test('drift names who did it', async () => {
    await makeService(cluster, { app: 'shop', color: 'blue' });
    const router = await serviceRouter(cluster);
    const from = await router.read(call());
    await cluster.kubectl([
      'patch',
      'service',
      'shop',
      '--field-manager=argocd-controller',
      '-p',
      '{"spec":{"selector":{"color":"purple"}}}',
    ]);
    await expect(router.write(call(), { to: 'green', from })).rejects.toMatchObject({
      type: 'Drift',
      message: expect.stringContaining('written by argocd-controller at '),
      details: { found: { to: 'other' } },
    });
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'purple' });
  });

  test('what was restored by force is the selector of before', async () => {
    await makeService(cluster, { app: 'shop', color: 'purple' });
    const router = await serviceRouter(cluster);
    await send(router, 'blue');
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'blue' });
  });
});

test('the targets are the labels that pods of each color need', async () => {
  await makeService(cluster, { app: 'shop', tier: 'web', color: 'blue' });
  const targets = await (await serviceRouter(cluster)).targets!(call());
  const of = (color: string) => ({ namespace: cluster.namespace, selector: { app: 'shop', tier: 'web', color } });
  expect(JSON.parse(targets.blue)).toEqual(of('blue'));
  expect(JSON.parse(targets.green)).toEqual(of('green'));
});

test('a controller that writes to the Service all the time does not keep a switch from happening', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  const router = await serviceRouter(cluster);
  cluster.faults.inject({ verb: 'patch', resource: 'services', times: 3, before: () => annotate(cluster) });
  await send(router, 'green');
  expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
  expect(cluster.faults.callsOf('patch', 'services').map(({ status }) => status)).toEqual([409, 409, 409, 200]);
});

const unversioned = ({
  resourceVersion: _,
  managedFields: _fields,
  generation: _generation,
  ...rest
}: object & { resourceVersion?: string; managedFields?: unknown; generation?: number }) => rest;

/** What others own, without the selector: that is ours from now on. */
function others(entries: V1ManagedFieldsEntry[] = []): unknown[] {
  return entries
    .filter(({ manager }) => manager !== 'cutover')
    .map((entry) => {
      const fields = structuredClone(entry.fieldsV1) as { 'f:spec'?: Record<string, unknown> };
      if (fields['f:spec']) delete fields['f:spec']['f:selector'];
      return { ...entry, fieldsV1: fields };
    });
}
