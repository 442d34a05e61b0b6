/** Kubernetes for a test file: a real control plane, a namespace for each test, and a proxy before it that fails as a test asks. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { runCommand } from '../../../src/temporal/command.ts';
import { clientsOf, type KubernetesClients } from './clients.ts';
import { ControlPlane, type ControlPlaneAddress } from './controlPlane.ts';
import { FaultProxy } from './faultProxy.ts';
import { type Access, writeKubeconfig } from './kubeconfig.ts';
import { makeNamespace } from './namespaces.ts';

export interface ClusterOptions {
  /** `own`: a control plane of this test file alone, whose API server can be restarted. Takes some seconds and 500 MB. */
  plane?: 'shared' | 'own';
  /** `all`: the tests of the file look at what was done once for all of them. Each has its own namespace where it is not said. */
  namespaceFor?: 'each' | 'all';
}

interface TestState {
  namespace: string;
  kubeconfig: string;
  adminKubeconfig: string;
  api: KubernetesClients;
}

const KUBECTL_MS = 60_000;

/** Has Kubernetes there for the tests around. Their namespaces stay until the control plane ends: nothing waits for a removal. */
export function useCluster({ plane = 'shared', namespaceFor = 'each' }: ClusterOptions = {}): Cluster {
  const cluster = new Cluster();
  beforeAll(() => cluster.open(plane));
  if (namespaceFor === 'all') beforeAll(() => cluster.beginTest());
  else beforeEach(() => cluster.beginTest());
  afterAll(() => cluster.close());
  return cluster;
}

export class Cluster {
  #own: ControlPlane | null = null;
  #address: ControlPlaneAddress | null = null;
  #faults: FaultProxy | null = null;
  #folder: string | null = null;
  #test: TestState | null = null;

  /** Of this test alone; also that of the kubeconfigs' contexts. */
  get namespace(): string {
    return now(this.#test).namespace;
  }

  /** A file: as an administrator, through the fault proxy. Another one in each test; its context is called `test`. */
  get kubeconfig(): string {
    return now(this.#test).kubeconfig;
  }

  /** A file: as an administrator, straight to the API server. */
  get adminKubeconfig(): string {
    return now(this.#test).adminKubeconfig;
  }

  get faults(): FaultProxy {
    return now(this.#faults);
  }

  /** Straight to the API server: neither recorded nor disturbed. */
  get api(): KubernetesClients {
    return now(this.#test).api;
  }

  /** Of the programs and the API server. */
  get address(): ControlPlaneAddress {
    return now(this.#address);
  }

  /** The program, for what starts it by itself. */
  get kubectlPath(): string {
    return join(this.address.binaries, 'kubectl');
  }

  /** Runs kubectl in the test's namespace; answers what it printed. */
  kubectl(args: readonly string[], kubeconfig = this.adminKubeconfig): Promise<string> {
    return runCommand([this.kubectlPath, '--kubeconfig', kubeconfig, ...args], { timeoutMs: KUBECTL_MS });
  }

  /** Creates objects, in the test's namespace where they name none and belong into one. */
  async create(...objects: KubernetesObject[]): Promise<void> {
    for (const object of objects) await this.api.objects.create(object);
  }

  /** Kills the API server, and starts it again so much later; resolves when it is ready. What it stores is kept. */
  async restartApiServer(downMs = 0): Promise<void> {
    if (!this.#own) throw new Error("other test files use this API server, too: useCluster({ plane: 'own' })");
    await this.#own.restartApiServer(downMs);
  }

  /** A kubeconfig for somebody else; in the test's namespace and through the fault proxy where it is not said. */
  writeKubeconfig(access: Pick<Access, 'token'> & Partial<Access>): Promise<string> {
    const path = join(now(this.#folder), `kubeconfig-${randomBytes(4).toString('hex')}.json`);
    const { certificate } = this.address;
    return writeKubeconfig(path, { server: this.faults.url, certificate, namespace: access.namespace ?? this.namespace, ...access });
  }

  /** For useCluster. */
  async open(plane: 'shared' | 'own'): Promise<void> {
    const shared = inject('kubernetes');
    if (!shared) throw new Error('Kubernetes is there with: vitest run --config test/kubernetes/vitest.config.ts');
    if (plane === 'own') this.#own = await ControlPlane.start(shared.binaries);
    this.#address = this.#own?.address ?? shared;
    this.#faults = await FaultProxy.before(this.#address);
    this.#folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  }

  /** For useCluster. */
  async beginTest(): Promise<void> {
    this.faults.clear();
    const { url: server, token } = this.address;
    const { core } = clientsOf(await this.writeKubeconfig({ server, token, namespace: 'default' }));
    const namespace = await makeNamespace(core);
    const adminKubeconfig = await this.writeKubeconfig({ server, token, namespace });
    const kubeconfig = await this.writeKubeconfig({ token, namespace });
    this.#test = { namespace, adminKubeconfig, kubeconfig, api: clientsOf(adminKubeconfig) };
  }

  /** For useCluster. */
  async close(): Promise<void> {
    await this.#faults?.close();
    await this.#own?.stop();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }
}

function now<T>(part: T | null): T {
  if (part === null) throw new Error('Kubernetes is there in tests and beforeEach, not while tests are defined');
  return part;
}
