import { describe, expect, test } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { call, routerContract } from '../contract/routerContract.ts';
import { makeService, routeRouter, send } from './routerSetup.ts';
import { useCluster } from './support/cluster.ts';
import { acceptRoute, type HttpRoute, ROUTES, readRoute, routeOf } from './support/route.ts';

const cluster = useCluster();

const makeRoute = (weights: Record<Color, number> = { blue: 1, green: 0 }) => cluster.create(routeOf('shop', weights));
const backends = async (at = 0) => (await readRoute(cluster, 'shop')).spec.rules[at].backendRefs;
const weights = async (at = 0) =>
  Object.fromEntries((await backends(at)).map(({ name, weight }: { name: string; weight: number }) => [name, weight]));

routerContract('router gateway', async () => {
  await makeRoute({ blue: 0, green: 0 });
  return { router: await routeRouter(cluster), restart: () => routeRouter(cluster), close: async () => {} };
});

/** Two rules with backends of the two colors, another one, and all that a rule may have. */
function richRoute(): HttpRoute {
  const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-color', value: 'blue' }] } };
  const route = routeOf('shop', { blue: 1, green: 0 });
  route.metadata!.labels = { team: 'checkout' };
  route.metadata!.annotations = { 'example.com/owner': 'Ada' };
  route.spec.rules = [
    {
      name: 'testers',
      matches: [{ headers: [{ name: 'x-preview', value: '1' }] }],
      backendRefs: [{ name: 'shop-green', port: 80, weight: 3 }],
    },
    {
      name: 'users',
      matches: [{ path: { type: 'PathPrefix', value: '/' }, method: 'GET' }],
      filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-edge', value: '1' }] } }],
      timeouts: { request: '10s' },
      backendRefs: [
        { name: 'shop-blue', port: 80, weight: 50, filters: [header] },
        { name: 'shop-old', port: 80, weight: 0 },
      ],
    },
  ];
  return route;
}

describe('reading', () => {
  test.each<[Record<Color, number>, string]>([
    [{ blue: 1, green: 0 }, 'blue'],
    [{ blue: 0, green: 7 }, 'green'],
    [{ blue: 90, green: 10 }, 'other'],
    [{ blue: 0, green: 0 }, 'none'],
  ])('weights %o are %s', async (given, to) => {
    await makeRoute(given);
    const routing = await (await routeRouter(cluster)).read(call());
    expect(routing.to).toBe(to);
    expect(routing.summary).toContain(
      `HTTPRoute ${cluster.namespace}/shop, rule 0: sends to shop-blue:80 with weight ${given.blue} (blue)`,
    );
  });

  test('a backend of somebody else that gets users is other, and says who wrote it', async () => {
    await makeRoute();
    await cluster.kubectl([
      'patch',
      'httproute',
      'shop',
      '--type=json',
      '--field-manager=argocd-controller',
      '-p',
      '[{"op":"replace","path":"/spec/rules/0/backendRefs/0/name","value":"maintenance"}]',
    ]);
    const { to, summary } = await (await routeRouter(cluster)).read(call());
    expect(to).toBe('other');
    expect(summary).toContain('maintenance:80 with weight 1 (neither blue nor green)');
    expect(summary).toContain('(written by argocd-controller at ');
  });

  test('of several rules that could be meant one has to be named, by its name or its place', async () => {
    await cluster.create(richRoute());
    await expect((await routeRouter(cluster)).read(call())).rejects.toMatchObject({
      type: 'InvalidConfiguration',
      message: expect.stringContaining('say which one is switched with router.rule'),
    });
    expect((await (await routeRouter(cluster, { rule: 'testers' })).read(call())).to).toBe('green');
    expect((await (await routeRouter(cluster, { rule: 1 })).read(call())).to).toBe('blue');
    await expect((await routeRouter(cluster, { rule: 'all' })).read(call())).rejects.toMatchObject({
      message: expect.stringContaining('its rules are 0 (testers), 1 (users)'),
    });
  });
});

describe('a switch', () => {
  test('changes weights, adds a backend, and leaves all else of the route as it is', async () => {
    await cluster.create(richRoute());
    const before = await readRoute(cluster, 'shop');
    const router = await routeRouter(cluster, { rule: 'users' });
    await send(router, 'green');
    const after = await readRoute(cluster, 'shop');
    const [blue, old] = before.spec.rules[1].backendRefs;
    const expected = structuredClone(before.spec);
    expected.rules[1].backendRefs = [{ ...blue, weight: 0 }, old, { group: '', kind: 'Service', name: 'shop-green', port: 80, weight: 50 }];
    expect(after.spec).toEqual(expected);
    const { labels, annotations } = before.metadata!;
    expect(after.metadata).toMatchObject({ labels, annotations });
    await send(router, 'blue');
    expect(await backends(1)).toMatchObject([blue, old, { name: 'shop-green', weight: 0 }]);
  });

  test('is one read and one write with what was read', async () => {
    await makeRoute();
    const { metadata } = await readRoute(cluster, 'shop');
    await send(await routeRouter(cluster), 'green');
    expect(cluster.faults.calls.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual(['get httproutes', 'patch httproutes']);
    expect(cluster.faults.callsOf('patch', 'httproutes')).toMatchObject([
      {
        fieldManager: 'cutover',
        contentType: 'application/json-patch+json',
        body: [
          { op: 'replace', path: '/metadata/resourceVersion', value: metadata!.resourceVersion },
          { op: 'add', path: '/spec/rules/0/backendRefs/0/weight', value: 0 },
          { op: 'add', path: '/spec/rules/0/backendRefs/1/weight', value: 1 },
        ],
      },
    ]);
  });

  test('somebody who changes something else meanwhile does not keep it from happening', async () => {
    await makeRoute();
    cluster.faults.inject({
      verb: 'patch',
      resource: 'httproutes',
      times: 2,
      before: () => cluster.kubectl(['annotate', '--overwrite', 'httproute', 'shop', `touched=${Math.random()}`]),
    });
    await send(await routeRouter(cluster), 'green');
    expect(await weights()).toEqual({ 'shop-blue': 0, 'shop-green': 1 });
    expect(cluster.faults.callsOf('patch', 'httproutes').map(({ status }) => status)).toEqual([409, 409, 200]);
  });

  test('somebody who splits the weights meanwhile is drift, and is not overwritten', async () => {
    await makeRoute();
    cluster.faults.inject({
      verb: 'patch',
      resource: 'httproutes',
      before: () =>
        cluster.kubectl([
          'patch',
          'httproute',
          'shop',
          '--type=json',
          '-p',
          '[{"op":"replace","path":"/spec/rules/0/backendRefs/1/weight","value":1}]',
        ]),
    });
    await expect(send(await routeRouter(cluster), 'green')).rejects.toMatchObject({
      type: 'Drift',
      message: expect.stringContaining('written by kubectl-patch'),
      details: { found: { to: 'other' } },
    });
    expect(await weights()).toEqual({ 'shop-blue': 1, 'shop-green': 1 });
  });

  test('a lost answer of a write that was carried out is a switch that was made', async () => {
    await makeRoute();
    cluster.faults.inject({ verb: 'patch', resource: 'httproutes', drop: 'response' });
    const { generation } = (await readRoute(cluster, 'shop')).metadata!;
    expect(await send(await routeRouter(cluster), 'green')).toEqual({ pending: String(generation! + 1) });
    expect(await weights()).toEqual({ 'shop-blue': 0, 'shop-green': 1 });
  });

  test('a rule that redirects is left alone', async () => {
    const route = routeOf('shop', { blue: 1, green: 0 });
    route.spec.rules = [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }];
    await cluster.create(route);
    await expect(send(await routeRouter(cluster), 'green')).rejects.toMatchObject({ type: 'InvalidConfiguration' });
    expect(cluster.faults.callsOf('patch', 'httproutes')).toEqual([]);
  });
});

describe('everywhere', () => {
  test('is at once where no controller reports', async () => {
    await makeRoute();
    const router = await routeRouter(cluster);
    const written = await send(router, 'green');
    expect(await router.isEverywhere!(call(), written!.pending)).toBe(true);
  });

  test('is when the controller of the Gateway has seen the change, whatever it says of it', async () => {
    await makeRoute();
    await acceptRoute(cluster, 'shop');
    const router = await routeRouter(cluster);
    const written = await send(router, 'green');
    expect(await router.isEverywhere!(call(), written!.pending)).toBe(false);
    await acceptRoute(cluster, 'shop', 'False');
    expect(await router.isEverywhere!(call(), written!.pending)).toBe(true);
  });

  test('does not wait for a Gateway that the route has left', async () => {
    await makeRoute();
    await acceptRoute(cluster, 'shop');
    const { namespace, api } = cluster;
    const body = [{ op: 'replace', path: '/spec/parentRefs', value: [{ name: 'other-edge' }] }];
    await api.custom.patchNamespacedCustomObject({ ...ROUTES, namespace, name: 'shop', body });
    const router = await routeRouter(cluster);
    const written = await send(router, 'green');
    expect(await router.isEverywhere!(call(), written!.pending)).toBe(true);
  });
});

test('the targets are the selectors of the two Services', async () => {
  await makeService(cluster, { app: 'shop', color: 'blue' }, 'shop-blue');
  await makeService(cluster, { app: 'shop', color: 'green' }, 'shop-green');
  const targets = await (await routeRouter(cluster)).targets!(call());
  const of = (color: string) => ({ namespace: cluster.namespace, selector: { app: 'shop', color } });
  expect([JSON.parse(targets.blue), JSON.parse(targets.green)]).toEqual([of('blue'), of('green')]);
});
