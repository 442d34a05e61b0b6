/** A real control plane on free ports of 127.0.0.1: etcd, API server, controllers, scheduler, and kwok's simulated nodes and pods. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../src/temporal/command.ts';
import { toolFolder } from '../../../src/temporal/folders.ts';
import { freePort } from '../../../src/temporal/ports.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  filesIn,
  kwokArguments,
  type Ports,
  schedulerArguments,
  schedulerConfiguration,
} from './arguments.ts';
import type { Program } from './binaries.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { nodes } from './nodes.ts';
import { Processes } from './processes.ts';

/** What is to be known to use it; can be handed to another process. */
export interface ControlPlaneAddress {
  /** https://127.0.0.1:PORT */
  url: string;
  /** The folder of the programs. */
  binaries: string;
  /** Files: what the API server identifies itself with, and its key. */
  certificate: string;
  key: string;
  /** Of a member of system:masters, who may do everything. */
  token: string;
}

const KUBECTL_MS = 60_000;

export class ControlPlane {
  readonly address: ControlPlaneAddress;
  #folder: string;
  #ports: Ports;
  #processes: Processes;

  /** Starts one that is ready: nodes, and the Gateway API's definitions, are there. It ends with this process, however that ends. */
  static async start(binaries: string): Promise<ControlPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'cutover-kubernetes-'));
    const [apiServer, etcd, etcdPeer] = await Promise.all([freePort('127.0.0.1'), freePort('127.0.0.1'), freePort('127.0.0.1')]);
    const plane = new ControlPlane(binaries, folder, { apiServer, etcd, etcdPeer });
    try {
      await plane.#writeFiles();
      await plane.#startStore();
      await plane.#startApiServer();
      await plane.#startRest();
      await plane.#fill();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  private constructor(binaries: string, folder: string, ports: Ports) {
    const { certificate, key } = filesIn(folder);
    const token = randomBytes(16).toString('hex');
    this.address = { url: `https://127.0.0.1:${ports.apiServer}`, binaries, certificate, key, token };
    this.#folder = folder;
    this.#ports = ports;
    this.#processes = new Processes(folder);
  }

  /** Kills the API server, and starts it again so much later; resolves when it is ready. What it stores is kept. */
  async restartApiServer(downMs = 0): Promise<void> {
    await this.#processes.kill('kube-apiserver');
    if (downMs > 0) await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.#startApiServer();
  }

  /** By program. */
  pids(): Record<string, number> {
    return this.#processes.pids();
  }

  async stop(): Promise<void> {
    await this.#processes.stop();
  }

  async #writeFiles(): Promise<void> {
    const files = filesIn(this.#folder);
    const { url, token, certificate } = this.address;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    await Promise.all([
      writeFile(files.serviceAccountKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 }),
      writeFile(files.serviceAccountPublicKey, publicKey.export({ type: 'spki', format: 'pem' })),
      writeFile(files.tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 }),
      writeKubeconfig(files.kubeconfig, { server: url, certificate, token }),
      writeFile(files.scheduler, JSON.stringify(schedulerConfiguration(this.#folder))),
      copyFile(join(toolFolder('kubernetes'), 'kwok.yaml'), files.kwok),
    ]);
  }

  async #startStore(): Promise<void> {
    await this.#start('etcd', etcdArguments(this.#folder, this.#ports));
    await this.#processes.untilReady('etcd', () =>
      fetch(`http://127.0.0.1:${this.#ports.etcd}/health`).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
  }

  async #startApiServer(): Promise<void> {
    await this.#start('kube-apiserver', apiServerArguments(this.#folder, this.#ports));
    await this.#processes.untilReady('kube-apiserver', () => isReady(this.address));
  }

  async #startRest(): Promise<void> {
    await this.#start('kube-controller-manager', controllerManagerArguments(this.#folder));
    await this.#start('kube-scheduler', schedulerArguments(this.#folder));
    await this.#start('kwok', kwokArguments(this.#folder));
  }

  async #fill(): Promise<void> {
    const manifest = join(this.#folder, 'nodes.json');
    await writeFile(manifest, JSON.stringify(nodes()));
    await this.#kubectl(['create', '--validate=false', '-f', manifest, '-f', join(this.address.binaries, 'crds')]);
    await Promise.all([
      this.#kubectl(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=30s']),
      this.#kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all', '--timeout=30s']),
    ]);
  }

  #start(program: Program, args: string[]): Promise<void> {
    return this.#processes.start(program, join(this.address.binaries, program), args);
  }

  #kubectl(args: string[]): Promise<string> {
    const kubectl = join(this.address.binaries, 'kubectl');
    return runCommand([kubectl, '--kubeconfig', filesIn(this.#folder).kubeconfig, ...args], { timeoutMs: KUBECTL_MS });
  }
}

/** It makes its certificate first, then listens, then is ready. */
async function isReady({ url, certificate }: ControlPlaneAddress): Promise<boolean> {
  const ca = await readFile(certificate).catch(() => null);
  if (!ca) return false;
  return new Promise((resolve) => {
    const sent = request(`${url}/readyz`, { ca, agent: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end();
  });
}
