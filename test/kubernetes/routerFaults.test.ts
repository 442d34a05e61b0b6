/** The router of a Service when its API server fails: users stay where they are, or are where the router says. */
import { describe, expect, test } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { annotate, kubectlSelects, makeService, selectorOf, send, serviceRouter } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';
import { serviceAccountKubeconfig } from './support/serviceAccount.ts';

const cluster = useCluster();
const WRITE = { verb: 'patch', resource: 'services' } as const;
const READ = { verb: 'get', resource: 'services' } as const;

const prepared = async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' });
  return serviceRouter(cluster);
};

describe('another writer between read and write', () => {
  test('who changed something else is no drift: it is read again and written again', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...WRITE, before: () => annotate(cluster) });
    await send(router, 'green');
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
  });

  test('who changed the selector is drift, and is not overwritten', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...WRITE, before: () => kubectlSelects(cluster, 'purple') });
    await expect(send(router, 'green')).rejects.toMatchObject({
      type: 'Drift',
      message: expect.stringContaining('written by kubectl-patch'),
      details: { found: { to: 'other' } },
    });
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'purple' });
  });

  test('who made the same switch has done it', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...WRITE, before: () => kubectlSelects(cluster, 'green') });
    expect(await send(router, 'green')).toEqual({ pending: 'green' });
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
  });

  test('who never stops writing makes the switch fail for now, not for good', async () => {
    const router = await prepared();
    cluster.faults.conflict(WRITE, 1_000);
    await expect(send(router, 'green')).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('the object has been modified'),
    });
    expect(cluster.faults.callsOf('patch', 'services').length).toBeLessThan(30);
  });
});

describe('passing troubles', () => {
  test.each([429, 500, 503, 504])('two answers of %i are nothing that anybody notices', async (status) => {
    const router = await prepared();
    cluster.faults.inject({ ...READ, status, times: 2, retryAfter: 0 });
    cluster.faults.inject({ ...WRITE, status, times: 2, retryAfter: 0 });
    await send(router, 'green');
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
  });

  test('a server that asks for a second is left alone for a second', async () => {
    const router = await prepared();
    cluster.faults.throttle(READ);
    await router.read(call());
    const [first, second] = cluster.faults.callsOf('get', 'services');
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
  });

  test('a server that asks for a minute is an error that passes', async () => {
    const router = await prepared();
    cluster.faults.throttle(READ, 1, 60);
    await expect(router.read(call())).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('was throttled') });
  });

  test('an outage is said with what was asked of which Service, and what comes after it is as before', async () => {
    const router = await prepared();
    const outage = cluster.faults.outage();
    await expect(router.read(call())).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining(`get services ${cluster.namespace}/shop had no answer`),
    });
    outage.stop();
    await send(router, 'green');
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
  });

  test('a lost answer of a write that was carried out is a switch that was made', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...WRITE, drop: 'response' });
    expect(await send(router, 'green')).toEqual({ pending: 'green' });
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'green' });
    expect(cluster.faults.callsOf('patch', 'services').map(({ status }) => status)).toEqual([null, 409]);
  });

  test('a write that is carried out late cannot undo the one after it', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...WRITE, status: 503, applyAfterMs: 500 });
    await send(router, 'green');
    await send(router, 'blue');
    await cluster.faults.lateApplied();
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'blue' });
  });

  test('what something before the API server answers is not taken for a Service', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...READ, body: '<html>Sign in</html>', times: 1_000 });
    await expect(router.read(call())).rejects.toMatchObject({ type: 'Unavailable', message: expect.stringContaining('text/plain') });
  });

  test('an answer that never comes is given up after seconds', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...READ, delayMs: 60_000, times: 5 });
    await expect(router.read(call())).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('not answered within 5s'),
    });
  });

  test('nobody waits for an answer that nobody wants any more', async () => {
    const router = await prepared();
    cluster.faults.inject({ ...READ, delayMs: 60_000 });
    const given = new AbortController();
    const reading = router.read({ signal: given.signal, heartbeat: () => {} });
    setTimeout(() => given.abort(), 50);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what is final', () => {
  test('a Service that is not there', async () => {
    const router = await serviceRouter(cluster);
    await expect(router.read(call())).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining(`get services ${cluster.namespace}/shop found nothing`),
    });
  });

  test('a verb that the Role lacks, with the rule that would allow it', async () => {
    await makeService(cluster, { app: 'shop', color: 'blue' });
    const kubeconfig = await serviceAccountKubeconfig(cluster, [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }]);
    const router = await serviceRouter(cluster, { kubeconfig });
    await expect(send(router, 'green')).rejects.toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringContaining('{ apiGroups: [""], resources: ["services"], resourceNames: ["shop"], verbs: ["patch"] }'),
    });
    await expect(router.ready!(call(), 'green')).rejects.toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringContaining('{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }'),
    });
    expect(await selectorOf(cluster)).toEqual({ app: 'shop', color: 'blue' });
  });

  test('credentials that are not valid may become valid', async () => {
    const router = await serviceRouter(cluster, { kubeconfig: await cluster.writeKubeconfig({ token: 'nobody' }) });
    await expect(router.read(call())).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('no valid credentials'),
    });
  });
});
