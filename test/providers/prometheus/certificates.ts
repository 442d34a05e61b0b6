/** An authority, and what it signed: a server's certificate for `prometheus.example`, a client's. By openssl, for a day. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../src/temporal/command.ts';

export interface Certificates {
  folder: string;
  caFile: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}

/** In a new folder below `parent`. */
export async function makeCertificates(parent: string): Promise<Certificates> {
  const folder = await mkdtemp(join(parent, 'pki-'));
  const openssl = (...args: string[]) => runCommand(['openssl', ...args], { cwd: folder, timeoutMs: 20_000 });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  const signed = async (name: string, extension: string) => {
    await writeFile(join(folder, `${name}.ext`), extension);
    await openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', `${name}.ext`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`);
    return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  };
  await openssl('req', '-x509', ...newKey, '-subj', '/CN=authority of a test', '-days', '1', '-keyout', 'ca.key', '-out', 'ca.crt');
  return {
    folder,
    caFile: join(folder, 'ca.crt'),
    server: await signed('server', 'subjectAltName=DNS:prometheus.example\nextendedKeyUsage=serverAuth\n'),
    client: await signed('client', 'extendedKeyUsage=clientAuth\n'),
  };
}
