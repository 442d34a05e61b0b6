/**
 * The clients of one cluster, made once per kubeconfig (as it is now) and context in this process: connections stay open, so that
 * a rollback begins with its first request. Every request goes through `ask`, which gives it a time limit.
 */
import {
  AppsV1Api,
  AuthorizationV1Api,
  AutoscalingV2Api,
  type Configuration,
  CoreV1Api,
  CustomObjectsApi,
  createConfiguration,
  DiscoveryV1Api,
  type KubeConfig,
  PolicyV1Api,
  ServerConfiguration,
  Watch,
} from '@kubernetes/client-node';
import type { KubernetesAccess } from './access.ts';
import { keptConnections, keptStreams } from './connections.ts';
import { loadConfig, sourceOf } from './kubeconfig.ts';

/** Who we are in managedFields. */
export const FIELD_MANAGER = 'cutover';

interface Clients {
  core: CoreV1Api;
  apps: AppsV1Api;
  autoscaling: AutoscalingV2Api;
  discovery: DiscoveryV1Api;
  policy: PolicyV1Api;
  authorization: AuthorizationV1Api;
  custom: CustomObjectsApi;
  /** Its streams have connections of their own, so that they take none from requests. */
  watch: Watch;
}

export interface Api extends Clients {
  /** Where the provider's objects are. */
  namespace: string;
}

interface Known {
  stamp: string;
  clients: Clients;
  namespace: string;
}

const known = new Map<string, Known>();

/**
 * Cheap: called for each operation, so that a kubeconfig that was written meanwhile is used. `folder` is that of the service file.
 * Throws InvalidConfiguration where there is no usable kubeconfig.
 */
export function apiOf(access: KubernetesAccess, folder: string): Api {
  const source = sourceOf(access, folder);
  const key = JSON.stringify([source.files, access.context]);
  let entry = known.get(key);
  if (entry?.stamp !== source.stamp) {
    const config = loadConfig(source, access.context);
    const context = config.getContextObject(config.getCurrentContext());
    entry = { stamp: source.stamp, clients: clientsOf(config), namespace: context?.namespace || 'default' };
    known.set(key, entry);
  }
  return { ...entry.clients, namespace: access.namespace || entry.namespace };
}

function clientsOf(config: KubeConfig): Clients {
  const configuration: Configuration = {
    ...createConfiguration({ baseServer: new ServerConfiguration(config.getCurrentCluster()!.server, {}) }),
    authMethods: { default: keptConnections(config) },
  };
  return {
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    autoscaling: new AutoscalingV2Api(configuration),
    discovery: new DiscoveryV1Api(configuration),
    policy: new PolicyV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    custom: new CustomObjectsApi(configuration),
    watch: new Watch(introduced(keptStreams(config))),
  };
}

/** Streams say who we are, too: requests do so in `ask`. */
function introduced(config: KubeConfig): KubeConfig {
  const applyToFetchOptions: KubeConfig['applyToFetchOptions'] = (options) =>
    config.applyToFetchOptions({ ...options, headers: { ...options.headers, 'User-Agent': 'cutover' } });
  return Object.assign(Object.create(config) as KubeConfig, { applyToFetchOptions });
}
