/** Clients for the tests themselves: straight to the API server, past the faults. */
import {
  AppsV1Api,
  AuthorizationV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PolicyV1Api,
  RbacAuthorizationV1Api,
  Watch,
} from '@kubernetes/client-node';

export type KubernetesClients = ReturnType<typeof clientsOf>;

export function clientsOf(kubeconfig: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    policy: config.makeApiClient(PolicyV1Api),
    authorization: config.makeApiClient(AuthorizationV1Api),
    rbac: config.makeApiClient(RbacAuthorizationV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    objects: KubernetesObjectApi.makeApiClient(config),
    watch: new Watch(config),
  };
}
