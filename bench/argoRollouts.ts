/** Argo Rollouts, built with Go once per machine into the user's cache, beside the test's API server: its controller and its command. */
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { type ArtifactOptions, cachedArtifact } from '../src/temporal/artifact.ts';
import { runCommand } from '../src/temporal/command.ts';
import { cacheFolder } from '../src/temporal/folders.ts';
import { buildGoTool, type GoVersion, goEnvironment } from '../src/temporal/goTool.ts';
import { freePort } from '../src/temporal/ports.ts';
import type { Cluster } from '../test/kubernetes/support/cluster.ts';
import { Processes } from '../test/kubernetes/support/processes.ts';
import { deploymentOf, imageOf } from '../test/kubernetes/support/shop.ts';
import { until } from '../test/kubernetes/support/waiting.ts';

/** The newest that Go 1.26.0 builds. */
const VERSION = 'v1.9.0';
const MODULE = `github.com/argoproj/argo-rollouts@${VERSION}`;
const NEEDS_GO: GoVersion = [1, 26];
/** How many the pinned version has. */
const PACKAGES = 1_650;
const COMMAND_MS = 120_000;
const DEFINITIONS = ['analysis-run', 'analysis-template', 'cluster-analysis-template', 'experiment', 'rollout'];
const CONTROLLER = 'rollouts-controller';
const COMMAND = 'kubectl-argo-rollouts';

const GROUP = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };

interface Rollout extends KubernetesObject {
  status?: { phase?: string };
}

/** What Argo Rollouts writes into the selectors of its Services. */
export const HASH = 'rollouts-pod-template-hash';

export class ArgoRollouts {
  #cluster: Cluster;
  #binaries: string;
  #processes: Processes;

  /** Starts its controller, with its own defaults, for the namespace of the test. */
  static async start(cluster: Cluster): Promise<ArgoRollouts> {
    const binaries = await argoBinaries({ progress: (line) => process.stderr.write(`${line}\n`) });
    const crds = DEFINITIONS.flatMap((name) => ['-f', join(binaries, 'crds', fileOf(name))]);
    // As its installation asks for: they are too large for the annotation of a client-side apply.
    await cluster.kubectl(['apply', '--server-side', ...crds]);
    await cluster.kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all', '--timeout=30s']);
    const processes = new Processes(await mkdtemp(join(tmpdir(), 'cutover-argo-')));
    const [health, metrics] = await Promise.all([freePort('127.0.0.1'), freePort('127.0.0.1')]);
    const ports = ['--healthzPort', `${health}`, '--metricsPort', `${metrics}`];
    await processes.start(CONTROLLER, join(binaries, CONTROLLER), [
      '--kubeconfig',
      cluster.adminKubeconfig,
      '--namespaced',
      '--leader-elect=false',
      ...ports,
    ]);
    const ready = () =>
      fetch(`http://127.0.0.1:${metrics}/metrics`).then(
        (answer) => answer.ok,
        () => false,
      );
    await processes.untilReady(CONTROLLER, ready);
    return new ArgoRollouts(cluster, binaries, processes);
  }

  private constructor(cluster: Cluster, binaries: string, processes: Processes) {
    this.#cluster = cluster;
    this.#binaries = binaries;
    this.#processes = processes;
  }

  /** A Rollout and its active Service, with what a shop's Deployments have; resolves when users are served. */
  async makeShop(name: string): Promise<void> {
    const { spec } = deploymentOf('blue', { name });
    const labels = { app: name };
    const template = { ...spec!.template, metadata: { labels } };
    await this.#cluster.create(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
      } as object,
      {
        ...GROUP,
        metadata: { name },
        spec: {
          replicas: spec!.replicas,
          selector: { matchLabels: labels },
          template,
          strategy: { blueGreen: { activeService: name, autoPromotionEnabled: true } },
        },
      } as object,
    );
    await until(`the Rollout ${name} is healthy`, async () => {
      const rollout = await this.#cluster.api.objects.read<Rollout>({ ...GROUP, metadata: { name, namespace: this.#cluster.namespace } });
      return rollout.status?.phase === 'Healthy' ? true : null;
    });
  }

  deploy = (name: string, version: string): Promise<unknown> => this.#command('set', 'image', name, `${name}=${imageOf(name, version)}`);

  /** To the version before. */
  undo = (name: string): Promise<unknown> => this.#command('undo', name);

  stop(): Promise<void> {
    return this.#processes.stop();
  }

  #command(...args: string[]): Promise<string> {
    const { adminKubeconfig } = this.#cluster;
    return runCommand([join(this.#binaries, COMMAND), '--kubeconfig', adminKubeconfig, ...args], { timeoutMs: COMMAND_MS });
  }
}

async function argoBinaries(options: ArtifactOptions): Promise<string> {
  const folder = join(cacheFolder(), 'argo-rollouts', VERSION);
  const check = (path: string) => runCommand([join(path, CONTROLLER), '--version'], { timeoutMs: COMMAND_MS });
  await cachedArtifact(
    { name: `Argo Rollouts ${VERSION}`, folder, compare: 'nothing', check, make: (empty) => make(empty, options) },
    options,
  );
  return folder;
}

/** Out of the module itself: its go.mod replaces what it requires, which counts in no other module. */
async function make(folder: string, options: ArtifactOptions): Promise<'build'> {
  const env = await goEnvironment(NEEDS_GO);
  const downloaded = await runCommand(['go', 'mod', 'download', '-json', MODULE], { cwd: tmpdir(), env, timeoutMs: COMMAND_MS });
  const module: string = JSON.parse(downloaded).Dir;
  await buildGoTool({
    folder: module,
    name: 'Argo Rollouts',
    announcement: `building Argo Rollouts (${VERSION}) with Go, once on this machine: four minutes on two cores…`,
    needs: NEEDS_GO,
    packages: PACKAGES,
    args: ['-ldflags', '-s -w', '-o', `${folder}/`, `./cmd/${CONTROLLER}`, `./cmd/${COMMAND}`],
    ...options,
  });
  await mkdir(join(folder, 'crds'));
  for (const name of DEFINITIONS) await copyFile(join(module, 'manifests', 'crds', fileOf(name)), join(folder, 'crds', fileOf(name)));
  return 'build';
}

const fileOf = (definition: string): string => `${definition}-crd.yaml`;
