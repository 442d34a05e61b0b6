import type { V1Deployment } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { environmentContract } from '../contract/environmentContract.ts';
import { call } from '../providers/support.ts';
import { deploymentOf, environmentOf, listeningCall, makeEnvironment, OPTIONS } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import { podsOf, setReady, slowVersion, troubledVersion } from './support/pods.ts';
import { imageOf } from './support/shop.ts';
import { until } from './support/waiting.ts';

const want = { version: '2.0', capacity: 2, deploymentId: 'd1' };

const cluster = useCluster();

/** All but what the API server, and a deployment, writes. */
function manifestOf({ metadata, spec }: V1Deployment): unknown {
  const { annotations, labels, name } = metadata!;
  const { 'deployment.kubernetes.io/revision': _, ...own } = annotations ?? {};
  return JSON.parse(JSON.stringify({ name, labels, annotations: own, spec }));
}

const patches = () => cluster.faults.callsOf('patch', 'deployments');

environmentContract('kubernetes', async () => {
  const { environment } = await makeEnvironment(cluster, { shop: { replicas: 0 } });
  await cluster.kubectl(['patch', 'deployments', 'shop-blue', 'shop-green', '-p', '{"spec":{"progressDeadlineSeconds":3}}']);
  return {
    environment,
    versions: { good: '1.0', other: '2.0', bad: troubledVersion('crash-loop') },
    startsOnBlue: async () => {
      const { items } = await cluster.api.apps.listNamespacedReplicaSet({ namespace: cluster.namespace, labelSelector: 'color=blue' });
      // One was made with the Deployment.
      return items.length - 1;
    },
    close: async () => {},
  };
});

describe('a deployment', () => {
  test('changes the image, a mark and the replicas of the idle Deployment, and nothing else in the cluster', async () => {
    const { environment } = await makeEnvironment(cluster);
    const [blue, green] = await Promise.all([deploymentOf(cluster, 'blue'), deploymentOf(cluster, 'green')]);
    await environment.ensure(call, 'green', want);
    const after = await deploymentOf(cluster, 'green');
    const expected = JSON.parse(JSON.stringify(manifestOf(green)));
    expected.spec.replicas = 2;
    expected.spec.template.metadata.annotations = { 'cutover.dev/deployment': 'd1' };
    expected.spec.template.spec.containers[0].image = imageOf('shop', '2.0');
    expect(manifestOf(after)).toEqual(expected);
    expect(await deploymentOf(cluster, 'blue')).toEqual(blue);
    expect(cluster.faults.calls.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))).toEqual(patches());
    expect(patches()).toHaveLength(1);
    expect(cluster.faults.calls.filter(({ userAgent }) => userAgent !== 'cutover')).toEqual([]);
  });

  test('owns only the fields that it wrote: those of other managers are theirs as before', async () => {
    const { environment } = await makeEnvironment(cluster);
    const before = await deploymentOf(cluster, 'green');
    await environment.ensure(call, 'green', want);
    const { metadata } = await deploymentOf(cluster, 'green');
    const ours = metadata!.managedFields!.find(({ manager }) => manager === 'cutover')!;
    expect(Object.keys((ours.fieldsV1 as Record<string, object>)['f:spec']!)).toEqual(['f:replicas', 'f:template']);
    const theirs = (managed: typeof metadata) =>
      managed!.managedFields!.find(({ manager, subresource }) => manager !== 'cutover' && !subresource)!;
    expect(theirs(metadata).manager).toBe(theirs(before.metadata).manager);
    expect(theirs(metadata).fieldsV1).toMatchObject({ 'f:spec': { 'f:selector': {}, 'f:strategy': {} } });
  });

  test('sets the environment variables that were asked for, and the others stay', async () => {
    const env = { VERSION: '{version}', COLOR: '{color}' };
    const { environment } = await makeEnvironment(cluster, { options: { env } });
    await cluster.kubectl(['set', 'env', 'deployment/shop-green', 'LOG_LEVEL=info', 'VERSION=old']);
    await environment.ensure(call, 'green', want);
    const [container] = (await deploymentOf(cluster, 'green')).spec!.template.spec!.containers;
    expect(new Map(container!.env!.map(({ name, value }) => [name, value]))).toEqual(
      new Map([
        ['LOG_LEVEL', 'info'],
        ['VERSION', '2.0'],
        ['COLOR', 'green'],
      ]),
    );
  });

  test('leaves sidecars as they are', async () => {
    const { environment } = await makeEnvironment(cluster);
    const sidecar = { name: 'proxy', image: 'registry.example/proxy:7' };
    await cluster.kubectl([
      'patch',
      'deployment',
      'shop-green',
      '-p',
      JSON.stringify({ spec: { template: { spec: { containers: [sidecar] } } } }),
    ]);
    await environment.ensure(call, 'green', want);
    const { containers } = (await deploymentOf(cluster, 'green')).spec!.template.spec!;
    expect(new Map(containers.map(({ name, image }) => [name, image]))).toEqual(
      new Map([
        ['shop', imageOf('shop', '2.0')],
        ['proxy', 'registry.example/proxy:7'],
      ]),
    );
  });

  test('does not start pods of the version that ran there before: they go first, and the new ones come all at once', async () => {
    const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 4, green: 1 } } });
    await environment.ensure(call, 'green', { ...want, capacity: 4 });
    const { items } = await cluster.api.core.listNamespacedEvent({
      namespace: cluster.namespace,
      fieldSelector: 'reason=SuccessfulCreate',
    });
    const made = items.filter(({ involvedObject }) => involvedObject.name!.startsWith('shop-green')).map(({ count }) => count ?? 1);
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(1 + 4);
    expect(await podsOf(cluster, 'shop-green').then((pods) => pods.map(({ spec }) => spec!.containers[0]!.image))).toEqual(
      Array(4).fill(imageOf('shop', '2.0')),
    );
  });

  test('that is asked for again goes on: there is no second rollout, even from another worker', async () => {
    const { environment } = await makeEnvironment(cluster);
    await environment.ensure(call, 'green', want);
    const before = await deploymentOf(cluster, 'green');
    await (await environmentOf(cluster)).ensure(call, 'green', want);
    expect(await deploymentOf(cluster, 'green')).toEqual(before);
    expect(patches()).toHaveLength(1);
  });

  test('brings up what was scaled down meanwhile', async () => {
    const { environment } = await makeEnvironment(cluster);
    await environment.ensure(call, 'green', want);
    await cluster.kubectl(['scale', 'deployment/shop-green', '--replicas=1']);
    expect(await environment.ensure(call, 'green', want)).toMatchObject({ capacity: 2, ready: 2 });
  });

  test('says what it waits for', async () => {
    const { environment } = await makeEnvironment(cluster);
    const listening = listeningCall();
    await environment.ensure(listening, 'green', { ...want, version: slowVersion(1_500) });
    expect(listening.heard).toContain('0 of 2 pods ready');
  });
});

describe('what runs as a color', () => {
  test('is the version of its image, although the options name the version to deploy', async () => {
    await makeEnvironment(cluster);
    const environment = await environmentOf(cluster, { options: { image: imageOf('shop', '{version}-9') }, written: {} });
    expect(await environment.describe(call, 'blue')).toEqual({ version: '1.0', capacity: 2, ready: 2, detail: null });
  });

  test('has no version where its image is not one of the template', async () => {
    const { environment } = await makeEnvironment(cluster, { options: { image: 'elsewhere.example/shop:{version}' } });
    expect(await environment.describe(call, 'blue')).toEqual({ version: null, capacity: 2, ready: 2, detail: null });
  });

  test('counts no pods of an older template while a rollout is under way', async () => {
    const { environment } = await makeEnvironment(cluster);
    await cluster.kubectl(['set', 'image', 'deployment/shop-blue', `shop=${imageOf('shop', troubledVersion('never-ready'))}`]);
    const state = await until('the rollout has begun', async () => {
      const found = await environment.describe(call, 'blue');
      return found.detail?.includes('Readiness probe failed') ? found : null;
    });
    expect(state).toMatchObject({ version: troubledVersion('never-ready'), capacity: 2, ready: 0 });
    expect((await deploymentOf(cluster, 'blue')).status!.readyReplicas).toBeGreaterThan(0);
  });

  test('says which pod is not ready any more', async () => {
    const { environment } = await makeEnvironment(cluster);
    const [pod] = await podsOf(cluster, 'shop-blue');
    await setReady(cluster, [pod!], 'False');
    const state = await until('one is not ready', async () => {
      const found = await environment.describe(call, 'blue');
      return found.ready < 2 ? found : null;
    });
    expect(state).toMatchObject({ capacity: 2, ready: 1, detail: expect.stringContaining('unready status') });
  });

  test('is read with one request while all is well', async () => {
    const { environment } = await makeEnvironment(cluster);
    await environment.describe(call, 'blue');
    expect(cluster.faults.calls).toHaveLength(1);
  });
});

describe('a color', () => {
  test('is scaled up with the pods that it has, and returns when they are ready', async () => {
    const { environment } = await makeEnvironment(cluster, { shop: { replicas: { blue: 1, green: 0 } } });
    const before = await podsOf(cluster, 'shop-blue');
    await environment.scale(call, 'blue', 3);
    expect(await environment.describe(call, 'blue')).toMatchObject({ version: '1.0', capacity: 3, ready: 3 });
    expect((await podsOf(cluster, 'shop-blue')).map(({ metadata }) => metadata!.uid)).toContain(before[0]!.metadata!.uid);
    expect(patches().map(({ body }) => body.spec)).toEqual([{ replicas: 3 }]);
  });

  test('that is removed keeps its manifest, and has no pods left', async () => {
    const { environment } = await makeEnvironment(cluster);
    const before = manifestOf(await deploymentOf(cluster, 'blue')) as { spec: { replicas: number } };
    await environment.remove(call, 'blue');
    expect(await podsOf(cluster, 'shop-blue')).toEqual([]);
    expect(manifestOf(await deploymentOf(cluster, 'blue'))).toEqual({ ...before, spec: { ...before.spec, replicas: 0 } });
  });

  describe('whose last pod is on a node that does not answer', () => {
    /** Nobody says of its pod that it has ended. */
    async function makeLost(timeout: string) {
      const { environment } = await makeEnvironment(cluster, { shop: { replicas: 0 }, options: { timeout } });
      const spec = { replicas: 1, template: { spec: { nodeName: 'gone' } } };
      await cluster.kubectl(['patch', 'deployment', 'shop-blue', '-p', JSON.stringify({ spec })]);
      const [pod] = await until('its pod is there', async () => {
        const pods = await podsOf(cluster, 'shop-blue');
        return pods.length > 0 ? pods : null;
      });
      return { environment, pod: pod!.metadata!.name! };
    }

    test('is removed when that has ended', async () => {
      const { environment, pod } = await makeLost('30s');
      const listening = listeningCall();
      const removing = environment.remove(listening, 'blue');
      await until('it says so', async () => (listening.heard.some((said) => said.endsWith(`still run: ${pod}`)) ? true : null));
      await cluster.kubectl(['delete', 'pod', pod, '--force']);
      await removing;
      expect(await podsOf(cluster, 'shop-blue')).toEqual([]);
    });

    test('is not said to be removed before', async () => {
      const { environment } = await makeLost('1s');
      const message = expect.stringMatching(/^pods of \S+\/shop-blue still run: shop-blue-\S+, 1s after .*a node that is gone/);
      await expect(environment.remove(call, 'blue')).rejects.toMatchObject({ type: 'Unavailable', message });
    });
  });

  test('that was removed comes back with the same version', async () => {
    const { environment } = await makeEnvironment(cluster);
    await environment.remove(call, 'blue');
    await environment.scale(call, 'blue', 2);
    expect(await environment.describe(call, 'blue')).toMatchObject({ version: '1.0', capacity: 2, ready: 2 });
  });

  test('whose Deployment was deleted is removed already, and cannot be deployed to', async () => {
    const { environment } = await makeEnvironment(cluster);
    await cluster.kubectl(['delete', 'deployment', 'shop-green']);
    await environment.remove(call, 'green');
    const message = expect.stringMatching(/no Deployment .*\/shop-green; create it/);
    await expect(environment.ensure(call, 'green', want)).rejects.toMatchObject({ type: 'NotFound', message });
  });

  test.each([
    ['with one Deployment for both', { deployments: { blue: 'shop', green: 'shop' } }, /Deployments of their own/],
    ['with an image without a version', { image: 'registry.example/shop:latest' }, /\{version\}/],
    ['with a name that is none', { deployments: { blue: 'Shop', green: 'shop' } }, /name of a Kubernetes object/],
    ['with a key that nobody knows', { deployment: 'shop' }, /deployment/],
  ])('%s is refused before anything runs', async (_, wrong, message) => {
    const { environmentDefinition } = await import('../../src/providers/registry.ts');
    const parsed = environmentDefinition('kubernetes').options.safeParse({ ...OPTIONS, ...wrong });
    expect(parsed.error?.message).toMatch(message);
  });
});
