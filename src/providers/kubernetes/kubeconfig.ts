/** Which cluster the worker talks to, and as whom: a kubeconfig, or in a cluster the pod's own service account. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Failure } from '../../core/failure.ts';
import type { KubernetesAccess } from './access.ts';

const IN_CLUSTER_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Where a kubeconfig was found; no files where the pod's service account is used. */
export interface Source {
  files: string[];
  /** Changes when one of them is written. */
  stamp: string;
}

/** Throws InvalidConfiguration where there is none. */
export function sourceOf({ kubeconfig }: KubernetesAccess, folder: string): Source {
  const files = filesOf(kubeconfig, folder);
  if (files.length > 0) return { files, stamp: JSON.stringify(files.map((file) => [file, modifiedAt(file)])) };
  if (process.env.KUBERNETES_SERVICE_HOST && modifiedAt(IN_CLUSTER_TOKEN) !== null) return { files: [], stamp: 'in-cluster' };
  const message = `no kubeconfig was found: not in KUBECONFIG, not in ${homeConfig()}, and the worker does not run in a cluster; set router.kubeconfig or KUBECONFIG`;
  throw new Failure('InvalidConfiguration', message);
}

/** Throws InvalidConfiguration where it cannot be read, or has no such context. */
export function loadConfig({ files }: Source, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (files.length === 0) config.loadFromCluster();
  else loadFiles(config, files);
  const where = files.join(', ') || "the pod's service account";
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) throw wrong(`${where} has no context ${context}`, `its contexts are ${known.join(', ') || 'none'}`);
    config.setCurrentContext(context);
  }
  if (!config.getCurrentCluster()) throw wrong(`${where} names no cluster`, 'set context, or its current-context');
  return config;
}

function loadFiles(config: KubeConfig, files: string[]): void {
  for (const file of files) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(file);
    } catch (error) {
      throw wrong(`the kubeconfig ${file} cannot be read (${(error as Error).message})`, 'correct the path or the file');
    }
    if (config.getContexts().length === 0) Object.assign(config, pick(one));
    else mergeInto(config, one);
  }
}

const pick = ({ clusters, users, contexts, currentContext }: KubeConfig) => ({ clusters, users, contexts, currentContext });

/** As kubectl does: what a file before has said stays. */
function mergeInto(config: KubeConfig, more: KubeConfig): void {
  const unknown = <T extends { name: string }>(known: T[], all: T[]): T[] =>
    all.filter(({ name }) => !known.some((other) => other.name === name));
  config.clusters.push(...unknown(config.clusters, more.clusters));
  config.users.push(...unknown(config.users, more.users));
  config.contexts.push(...unknown(config.contexts, more.contexts));
  config.currentContext ||= more.currentContext;
}

function filesOf(kubeconfig: string | undefined, folder: string): string[] {
  if (kubeconfig !== undefined) return [resolve(folder, kubeconfig)];
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  // As kubectl does: of several files, those that do not exist are left out.
  if (listed.length > 1) return listed.filter((file) => modifiedAt(file) !== null);
  if (listed.length === 1) return listed;
  return modifiedAt(homeConfig()) === null ? [] : [homeConfig()];
}

const homeConfig = (): string => join(homedir(), '.kube', 'config');

const modifiedAt = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;

const wrong = (what: string, cure: string): Failure => new Failure('InvalidConfiguration', `${what}; ${cure}`);
