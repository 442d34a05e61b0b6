/** What the fault proxy before the API server says it does, it does, seen through the real client and kubectl. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../e2e/support/random.ts';
import { clientsOf } from './support/clients.ts';
import { useCluster } from './support/cluster.ts';
import { letPodsLog } from './support/pods.ts';
import { failureOf, SELECT_GREEN, selectedColor, selectGreen } from './support/selecting.ts';
import { makeShop } from './support/shop.ts';

const cluster = useCluster();

const SERVICE = { verb: 'patch', resource: 'services' } as const;
const select = () => selectGreen(cluster);
const selected = () => selectedColor(cluster);

describe('the fault proxy', () => {
  test('records what was asked, by whom, and the answer', async () => {
    await makeShop(cluster, { waitFor: [] });
    await select();
    await clientsOf(cluster.kubeconfig).apps.listNamespacedDeployment({ namespace: cluster.namespace });
    const { namespace } = cluster;
    expect(cluster.faults.calls).toMatchObject([
      { verb: 'patch', group: '', resource: 'services', namespace, name: 'shop', fieldManager: 'cutover', body: SELECT_GREEN, status: 200 },
      { verb: 'list', group: 'apps', resource: 'deployments', namespace, name: null, status: 200 },
    ]);
  });

  test.each([
    [403, 'Forbidden', () => cluster.faults.deny(SERVICE)],
    [409, 'Conflict', () => cluster.faults.conflict(SERVICE)],
    [429, 'TooManyRequests', () => cluster.faults.throttle(SERVICE, 1, 7)],
    [503, 'ServiceUnavailable', () => cluster.faults.unavailable(SERVICE)],
  ])('answers %i as the API server does, and carries nothing out', async (code, reason, inject) => {
    await makeShop(cluster, { waitFor: [] });
    inject();
    const error = await failureOf(select());
    expect(error.code).toBe(code);
    expect(JSON.parse(error.body)).toMatchObject({ kind: 'Status', reason, details: { name: 'shop', kind: 'services' } });
    if (code === 429) expect(error.headers['retry-after']).toBe('7');
    expect(await selected()).toBe('blue');
  });

  test('a request that is dropped has not happened, a dropped response hides that it has', async () => {
    await makeShop(cluster, { waitFor: [] });
    cluster.faults.inject({ ...SERVICE, drop: 'request' });
    expect((await failureOf(select())).code).toBe('ECONNRESET');
    expect(await selected()).toBe('blue');
    cluster.faults.inject({ ...SERVICE, drop: 'response' });
    expect((await failureOf(select())).code).toBe('ECONNRESET');
    expect(await selected()).toBe('green');
    expect(cluster.faults.calls.map(({ status }) => status)).toEqual([null, null]);
  });

  test('what is applied late fails at once and happens later', async () => {
    await makeShop(cluster, { waitFor: [] });
    cluster.faults.inject({ ...SERVICE, applyAfterMs: 2_000, status: 504 });
    expect((await failureOf(select())).code).toBe(504);
    expect(await selected()).toBe('blue');
    await cluster.faults.lateApplied();
    expect(await selected()).toBe('green');
  });

  test('somebody else can write in the same moment: the conflict is the API server’s own', async () => {
    await makeShop(cluster, { waitFor: [] });
    const { core } = clientsOf(cluster.kubeconfig);
    const { namespace } = cluster;
    const read = await core.readNamespacedService({ namespace, name: 'shop' });
    cluster.faults.inject({ verb: 'update', before: () => cluster.kubectl(['label', 'service', 'shop', 'by=somebody']) });
    const error = await failureOf(core.replaceNamespacedService({ namespace, name: 'shop', body: read }));
    expect(error.code).toBe(409);
  });

  test('what was carried out can be held back until it is let go, or lost', async () => {
    await makeShop(cluster, { waitFor: [] });
    let seen: string | undefined;
    const after = async () => {
      seen = await selected();
    };
    cluster.faults.inject({ ...SERVICE, after });
    await select();
    expect(seen).toBe('green');
    cluster.faults.inject({ ...SERVICE, after: () => Promise.reject(new Error('lost')) });
    expect((await failureOf(select())).code).toBe('ECONNRESET');
  });

  test('only the requests that are meant, for as often as was said, and a percentage that can be repeated', async () => {
    await makeShop(cluster, { waitFor: [] });
    const injection = cluster.faults.inject({ ...SERVICE, name: 'shop', times: 2, status: 500 });
    cluster.faults.inject({ ...SERVICE, name: 'other', status: 500 });
    for (let i = 0; i < 3; i += 1) await failureOf(select());
    expect(injection.hits).toBe(2);
    expect(cluster.faults.calls.map(({ status }) => status)).toEqual([500, 500, 200]);
    const thrown = async () => {
      cluster.faults.clear();
      cluster.faults.random = seededRandom(7);
      cluster.faults.inject({ ...SERVICE, percent: 50, status: 500 });
      for (let i = 0; i < 8; i += 1) await failureOf(select());
      return cluster.faults.calls.map(({ status }) => status);
    };
    const first = await thrown();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await thrown()).toEqual(first);
  });

  test('passes watches on as they come, and cuts them', async () => {
    await makeShop(cluster, { waitFor: [] });
    const seen: string[] = [];
    const { namespace } = cluster;
    const ended = new Promise((resolve) => {
      const path = `/api/v1/namespaces/${namespace}/services`;
      clientsOf(cluster.kubeconfig).watch.watch(path, {}, (_phase, service) => seen.push(service.spec.selector.color), resolve);
    });
    await expect.poll(() => seen).toEqual(['blue']);
    await select();
    await expect.poll(() => seen).toEqual(['blue', 'green']);
    expect(cluster.faults.cutStreams({ resource: 'services' })).toBe(1);
    await ended;
    expect(cluster.faults.callsOf('watch', 'services')).toMatchObject([{ namespace, status: 200 }]);
  });

  test('an outage lasts until it is stopped', async () => {
    await makeShop(cluster, { waitFor: [] });
    const outage = cluster.faults.outage();
    expect((await failureOf(select())).code).toBe('ECONNRESET');
    outage.stop();
    await select();
  });

  test('pods have the log that a test gives them', async () => {
    await makeShop(cluster);
    letPodsLog(cluster, 'panic: no database\n');
    expect(await cluster.kubectl(['logs', 'deployment/shop-blue'], cluster.kubeconfig)).toContain('panic: no database');
  });
});
