/** How each program of the control plane is started: alone on this machine, on loopback, without elections and without fsync. */
import { join } from 'node:path';

export interface Ports {
  apiServer: number;
  etcd: number;
  etcdPeer: number;
}

/** Where each file of a control plane lies in its folder. */
export const filesIn = (folder: string) => ({
  etcd: join(folder, 'etcd'),
  certificates: join(folder, 'certificates'),
  /** Made by the API server itself: its certificate with that of the authority that signed it, so that clients can trust the file. */
  certificate: join(folder, 'certificates', 'apiserver.crt'),
  key: join(folder, 'certificates', 'apiserver.key'),
  tokens: join(folder, 'tokens.csv'),
  serviceAccountKey: join(folder, 'service-account.key'),
  serviceAccountPublicKey: join(folder, 'service-account.pub'),
  kubeconfig: join(folder, 'kubeconfig.json'),
  scheduler: join(folder, 'scheduler.json'),
  kwok: join(folder, 'kwok.yaml'),
});

const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'resourcequota-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'pod-garbage-collector-controller',
  'disruption-controller',
  'horizontal-pod-autoscaler-controller',
];

export function etcdArguments(folder: string, { etcd, etcdPeer }: Ports): string[] {
  const client = `http://127.0.0.1:${etcd}`;
  const peer = `http://127.0.0.1:${etcdPeer}`;
  return [
    '--name=test',
    `--data-dir=${filesIn(folder).etcd}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    '--log-level=warn',
    '--unsafe-no-fsync',
  ];
}

export function apiServerArguments(folder: string, { apiServer, etcd }: Ports): string[] {
  const files = filesIn(folder);
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiServer}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--cert-dir=${files.certificates}`,
    `--token-auth-file=${files.tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    // Without the controller of nodes nobody takes the taint away that it adds.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--profiling=false',
  ];
}

export function controllerManagerArguments(folder: string): string[] {
  const files = filesIn(folder);
  return [
    `--kubeconfig=${files.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.certificate}`,
    '--use-service-account-credentials=false',
    `--controllers=${CONTROLLERS.join(',')}`,
    '--horizontal-pod-autoscaler-sync-period=1s',
    '--kube-api-qps=300',
    '--kube-api-burst=600',
  ];
}

export const schedulerArguments = (folder: string): string[] => [`--config=${filesIn(folder).scheduler}`, '--secure-port=0'];

export const schedulerConfiguration = (folder: string) => ({
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  clientConnection: { kubeconfig: filesIn(folder).kubeconfig, qps: 300, burst: 600 },
  leaderElection: { leaderElect: false },
});

export function kwokArguments(folder: string): string[] {
  const files = filesIn(folder);
  return [`--kubeconfig=${files.kubeconfig}`, `--config=${files.kwok}`];
}
