/** The published Role is what a deployment needs: whole lives of a service with it and nothing else, every request recorded and compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import type { Color } from '../../src/core/plan.ts';
import { environmentDefinition, routerDefinition } from '../../src/providers/registry.ts';
import type { Environment, ProviderContext, Router } from '../../src/providers/types.ts';
import { call, liveThrough } from '../support/life.ts';
import { scaleAutomatically } from './environmentSetup.ts';
import { useCluster } from './support/cluster.ts';
import type { RecordedCall } from './support/faultProxy.ts';
import { letPodsLog, troubledVersion } from './support/pods.ts';
import { allows, readRole, rightsIn } from './support/role.ts';
import { untilReady } from './support/rollout.ts';
import { applyWorkerBase } from './support/workerBase.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/kubernetes/', import.meta.url));
const PROVIDERS = fileURLToPath(new URL('../../src/providers/kubernetes/', import.meta.url));

const context: ProviderContext = {
  service: 'shop',
  folder: '/',
  stateDir: '/nowhere',
  endpoints: { blue: null, green: null, preview: null },
};

/** Every account may ask what it may do: Kubernetes' own role system:basic-user. */
const isCutovers = ({ resource }: RecordedCall): boolean => !resource.startsWith('selfsubject');

/** What of the requests was not allowed, and what of the Role they did not need. Both empty: minimal. */
function compare(calls: readonly RecordedCall[]): { denied: string[]; unused: string[] } {
  const { rules } = readRole();
  const made = calls.filter(isCutovers);
  const denied = made.filter((request) => request.status === 403 || !rules.some((rule) => allows(rule, request)));
  const used = new Set(made.map(({ verb, resource }) => `${verb} ${resource}`));
  return { denied: [...new Set(denied.map(inWords))], unused: rightsIn(rules).filter((right) => !used.has(right)) };
}

const inWords = ({ verb, group, resource, name }: RecordedCall): string => `${verb} ${resource}.${group} ${name}`;

const cluster = useCluster();

interface World {
  byService: Router;
  byRoute: Router;
  environment: Environment;
}

async function worldOf(kubeconfig: string, timeout = '30s'): Promise<World> {
  const router = (type: string, options: object) => {
    const definition = routerDefinition(type);
    return definition.create(definition.options.parse({ kubeconfig, ...options }), context);
  };
  const { options, create } = environmentDefinition('kubernetes');
  const deployments = { blue: 'shop-blue', green: 'shop-green' };
  const given = options.parse({ kubeconfig, deployments, container: 'app', image: 'registry.example.com/shop:{version}', timeout });
  const backends = { blue: { service: 'shop-blue', port: 80 }, green: { service: 'shop-green', port: 80 } };
  return {
    byService: await router('kubernetes', { service: 'shop', previewService: 'shop-preview' }),
    byRoute: await router('gateway', { route: 'shop', backends }),
    environment: await create(given, context),
  };
}

const apply = (...files: string[]) =>
  cluster.kubectl(['apply', '--validate=strict', ...files.flatMap((file) => ['--filename', `${EXAMPLES}${file}`])]);

describe('the Role of the worker', () => {
  test('allows what the life of a service needs, by a Service, by a route, with autoscalers and when it goes wrong; and nothing else', async () => {
    await apply('shop.yaml', 'gateway.yaml');
    await untilReady(cluster, 'shop-blue');
    await scaleAutomatically(cluster, 'blue', 1, 5);
    const kubeconfig = await applyWorkerBase(cluster);
    const { byService, byRoute, environment } = await worldOf(kubeconfig);
    await liveThrough({ router: byService, environment });
    await liveThrough({ router: byRoute });
    letPodsLog(cluster, 'no database\n');
    const impatient = await worldOf(kubeconfig, '4s');
    const fails = (color: Color, trouble: Parameters<typeof troubledVersion>[0], why: RegExp) => {
      const want = { version: troubledVersion(trouble), capacity: 1, deploymentId: trouble };
      return expect(impatient.environment.ensure(call, color, want)).rejects.toThrow(why);
    };
    await Promise.all([fails('blue', 'crash-loop', /no database/), fails('green', 'never-ready', /Readiness probe failed/)]);
    expect(compare(cluster.faults.calls)).toEqual({ denied: [], unused: [] });
  });

  test('is bound by what the base applies, and a request that it lacks is refused with the rule that would allow it', async () => {
    await apply('shop.yaml');
    const { byService } = await worldOf(await applyWorkerBase(cluster));
    await expect(byService.read(call)).resolves.toMatchObject({ to: 'blue' });
    const { namespace, api } = cluster;
    const rules = readRole().rules.filter(({ resources }) => !resources!.includes('services'));
    await api.rbac.replaceNamespacedRole({ namespace, name: 'cutover-worker', body: { metadata: { name: 'cutover-worker' }, rules } });
    const refused = {
      type: 'PermissionDenied',
      message: expect.stringMatching(/apiGroups: \[""\], resources: \["services"\], resourceNames: \["shop"\], verbs: \["get"\]/),
    };
    // The API server hears of a changed Role a moment later.
    await vi.waitFor(() => expect(byService.read(call)).rejects.toMatchObject(refused), { timeout: 20_000 });
  });

  test('names every request that the providers name, in rare cases too, and no other', () => {
    const sources = readdirSync(PROVIDERS, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`${PROVIDERS}${name}`, 'utf8'));
    const named = sources.flatMap((source) =>
      [...source.matchAll(/verb: '(\w+)', resource: '([\w/]+)'/g)].map(([, verb, resource]) => `${verb} ${resource}`),
    );
    const needed = new Set(named.filter((right) => !right.startsWith('create selfsubject')));
    expect([...needed].sort()).toEqual(rightsIn(readRole().rules).sort());
  });
});

describe('the base of the worker', () => {
  test('runs in a namespace that enforces the Pod Security Standard restricted', async () => {
    const { namespace, api } = cluster;
    await cluster.kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    await cluster.kubectl(['create', 'secret', 'generic', 'cutover-temporal', '--from-literal=TEMPORAL_ADDRESS=temporal:7233']);
    await applyWorkerBase(cluster);
    const { status } = await untilReady(cluster, 'cutover-worker');
    expect(status?.availableReplicas).toBe(2);
    const { items } = await api.core.listNamespacedPod({ namespace, labelSelector: 'app.kubernetes.io/name=cutover' });
    expect(items).toHaveLength(2);
  });

  test('gives a worker that stops more time than it takes for itself', async () => {
    await applyWorkerBase(cluster);
    const { spec } = await cluster.api.apps.readNamespacedDeployment({ namespace: cluster.namespace, name: 'cutover-worker' });
    const worker = readFileSync(new URL('../../src/worker.ts', import.meta.url), 'utf8');
    const [, grace] = /SHUTDOWN_GRACE = '(\d+)s'/.exec(worker)!;
    expect(spec!.template.spec!.terminationGracePeriodSeconds).toBeGreaterThan(Number(grace) + 10);
  });

  test('is what the example of an overlay builds on, and that is one that can be applied', async () => {
    const overlay = fileURLToPath(new URL('../../deploy/overlays/example', import.meta.url));
    const rendered = await cluster.kubectl(['kustomize', overlay]);
    expect(rendered).toContain('image: registry.example.com/cutover:0.1.0');
    expect(rendered).toMatch(/name: cutover-temporal-\w+/);
    expect(rendered).toMatch(
      /kind: RoleBinding[\s\S]*namespace: shop[\s\S]*subjects:\n- kind: ServiceAccount\n {2}name: cutover-worker\n {2}namespace: shop/,
    );
  });
});
