import { expect, test } from 'vitest';
import type { Environment, Finding } from '../../src/providers/types.ts';
import { call } from '../providers/support.ts';
import { type EnvironmentSetup, environmentOf, makeEnvironment, scaleAutomatically } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import { limitPods } from './support/pods.ts';
import { serviceAccountKubeconfig } from './support/serviceAccount.ts';

const cluster = useCluster();

/** As the router of a shop says it. */
const targets = (
  labels: (color: string) => Record<string, string> = (color) => ({ app: 'shop', color }),
  namespace = cluster.namespace,
) => {
  const of = (color: string) => JSON.stringify({ namespace, selector: labels(color) });
  return { blue: of('blue'), green: of('green') };
};

const patch = (color: 'blue' | 'green', spec: object) =>
  cluster.kubectl(['patch', 'deployment', `shop-${color}`, '-p', JSON.stringify({ spec })]);

const found = (environment: Environment, depth: 'all' | 'errors' = 'all'): Promise<Finding[]> =>
  environment.inspect!(call, targets(), depth);

const make = async (setup?: EnvironmentSetup) => (await makeEnvironment(cluster, setup)).environment;

const one = (severity: 'error' | 'warning', message: RegExp, cure = /./) => [
  { severity, message: expect.stringMatching(message), cure: expect.stringMatching(cure) },
];

test('a set-up as in the tutorial is all right', async () => {
  expect(await found(await make())).toEqual([]);
});

test('a Deployment that is not there', async () => {
  const environment = await make();
  await cluster.kubectl(['delete', 'deployment', 'shop-green']);
  expect(await found(environment)).toEqual(one('error', /there is no Deployment \S+\/shop-green/, /create it/));
});

test('a container that is not there', async () => {
  const missing = /has no container "web" \(it has: shop\)/;
  expect(await found(await make({ options: { container: 'web' } }))).toEqual([...one('error', missing), ...one('error', missing)]);
});

test("pods without the router's label", async () => {
  const environment = await make();
  const findings = await environment.inspect!(
    call,
    targets((color) => ({ app: 'shop', version: color })),
  );
  const [first, second] = findings;
  expect(findings).toHaveLength(2);
  expect(first).toMatchObject(one('error', /the pods of the Deployment of blue, .* have not the label version=blue/, /selectorKey/)[0]!);
  expect(second).toMatchObject(one('error', /have not the label version=green/)[0]!);
});

test('Deployments that are exchanged', async () => {
  const environment = await make({ options: { deployments: { blue: 'shop-green', green: 'shop-blue' } } });
  const findings = await found(environment, 'errors');
  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/Deployment of blue, \S+\/shop-green, have not the label color=blue/),
    expect.stringMatching(/Deployment of green, \S+\/shop-blue, have not the label color=green/),
  ]);
});

test("Deployments in another namespace than the router's", async () => {
  const environment = await make();
  const findings = await environment.inspect!(
    call,
    targets((color) => ({ app: 'shop', color }), 'elsewhere'),
  );
  expect(findings).toEqual([...one('error', /not in the namespace of the router, elsewhere/), ...one('error', /elsewhere/)]);
});

test('Deployments whose pods nothing tells apart', async () => {
  const environment = await make({ shop: { waitFor: [] } });
  await cluster.kubectl(['delete', 'deployment', 'shop-green']);
  const { deploymentOf } = await import('./support/shop.ts');
  await cluster.create({ ...deploymentOf('blue', { replicas: 0 }), metadata: { name: 'shop-green' } });
  const findings = await environment.inspect!(call, null);
  expect(findings).toEqual(one('error', /give their pods the same labels/, /color: blue and color: green/));
});

test('a Deployment that selects the pods of the other one, too', async () => {
  const environment = await make({ shop: { waitFor: [] } });
  await cluster.kubectl(['delete', 'deployment', 'shop-green']);
  const { deploymentOf } = await import('./support/shop.ts');
  const green = deploymentOf('green', { replicas: 0 });
  green.spec!.selector = { matchLabels: { app: 'shop' } };
  await cluster.create(green);
  expect(await found(environment)).toEqual(one('error', /select the same pods/));
});

test('no readiness probe', async () => {
  const findings = await found(await make({ shop: { readinessProbe: false } }));
  expect(findings).toEqual([...one('warning', /shop-blue has no readiness probe/), ...one('warning', /shop-green has no readiness probe/)]);
});

test('a paused Deployment, and one with the strategy Recreate', async () => {
  const environment = await make();
  await cluster.kubectl(['rollout', 'pause', 'deployment/shop-green']);
  await patch('blue', { strategy: { type: 'Recreate', rollingUpdate: null } });
  expect(await found(environment)).toEqual([
    ...one('warning', /shop-blue has the strategy Recreate/),
    ...one('error', /shop-green is paused/),
  ]);
});

test('an image that is not one of the template', async () => {
  const environment = await make({ options: { image: 'elsewhere.example/shop:{version}' } });
  expect(await found(environment)).toEqual(one('warning', /image of blue, registry\.example\/shop:1\.0 .* not one of elsewhere/));
});

test('a variable that the container takes from a Secret', async () => {
  const environment = await make({ options: { env: { PASSWORD: '{version}' } } });
  const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }];
  await patch('green', { template: { spec: { containers: [{ name: 'shop', env }] } } });
  expect(await found(environment)).toEqual(one('error', /environment\.env sets PASSWORD, .*shop-green takes from somewhere else/));
});

test('a PodDisruptionBudget that covers both colors', async () => {
  const environment = await make();
  await cluster.kubectl(['create', 'poddisruptionbudget', 'shop', '--selector=app=shop', '--min-available=1']);
  await cluster.kubectl(['create', 'poddisruptionbudget', 'blue', '--selector=app=shop,color=blue', '--min-available=1']);
  expect(await found(environment)).toEqual(one('warning', /PodDisruptionBudget \S+\/shop covers both colors/));
});

test('a quota of pods that is too small for two colors', async () => {
  const environment = await make();
  await limitPods(cluster, 3);
  expect(await found(environment, 'errors')).toEqual(
    one('error', /ResourceQuota \S+\/pods allows pods 3, and 2 is used: green could not have the 2 pods that blue has/),
  );
});

test('a quota of pods that is just enough', async () => {
  const environment = await make();
  await limitPods(cluster, 4);
  expect(await found(environment)).toEqual([]);
});

test('a quota of processor time that is too small for two colors', async () => {
  const environment = await make({ shop: { cpu: { blue: '500m', green: '750m' } } });
  await cluster.kubectl(['create', 'quota', 'cpu', '--hard=requests.cpu=2400m']);
  const { until } = await import('./support/waiting.ts');
  const quota = await until('the quota is counted', async () => {
    const { status } = await cluster.api.core.readNamespacedResourceQuota({ namespace: cluster.namespace, name: 'cpu' });
    return status?.used?.['requests.cpu'] === '1' ? status : null;
  });
  expect(quota.used).toEqual({ 'requests.cpu': '1' });
  expect(await found(environment)).toEqual(one('error', /ResourceQuota \S+\/cpu allows requests\.cpu 2400m, and 1 is used: green/));
});

test('an autoscaler that allows fewer pods than the other color has', async () => {
  const environment = await make();
  await scaleAutomatically(cluster, 'green', 1, 1);
  expect(await found(environment)).toEqual(one('warning', /shop-green allows green 1 pods at most, and blue has 2/, /maxReplicas to 2/));
});

test('rights that lack: what is needed is an error, what only tells more is a warning', async () => {
  await makeEnvironment(cluster);
  await scaleAutomatically(cluster, 'green', 1, 5);
  const rules = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'watch'] },
    { apiGroups: [''], resources: ['pods', 'events', 'resourcequotas'], verbs: ['list'] },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
  ];
  const kubeconfig = await serviceAccountKubeconfig(cluster, rules);
  const environment = await environmentOf(cluster, { options: { kubeconfig } });
  const findings = await found(environment);
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  expect(errors).toEqual([
    expect.stringMatching(/may not patch deployments \S+\/shop-blue/),
    expect.stringMatching(/may not patch deployments \S+\/shop-green/),
    expect.stringMatching(/may not list replicasets/),
    expect.stringMatching(/may not patch horizontalpodautoscalers \S+\/shop-green/),
  ]);
  const warnings = findings.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
  expect(warnings).toEqual([expect.stringMatching(/may not get pods\/log/), expect.stringMatching(/may not list poddisruptionbudgets/)]);
});

test('before a deployment only errors are looked for, with few requests', async () => {
  const environment = await make({ shop: { readinessProbe: false } });
  expect(await found(environment, 'errors')).toEqual([]);
  expect(cluster.faults.calls.length).toBeLessThan(12);
});
