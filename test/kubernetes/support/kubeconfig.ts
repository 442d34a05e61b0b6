import { writeFile } from 'node:fs/promises';

export interface Access {
  /** https://127.0.0.1:PORT */
  server: string;
  /** A file of PEM certificates. */
  certificate: string;
  token: string;
  namespace?: string;
}

/** A kubeconfig with one context, `test`; JSON is YAML. */
export async function writeKubeconfig(path: string, { server, certificate, token, namespace = 'default' }: Access): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    'current-context': 'test',
  };
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}
