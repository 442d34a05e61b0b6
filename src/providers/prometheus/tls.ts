/** The certificates that a request is made with. Read each time: they are renewed in place. */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { TlsOptions } from './options.ts';

export type TlsSettings = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;

/** Throws InvalidConfiguration that names the file that cannot be read on the worker. */
export async function tlsSettings(options: TlsOptions | undefined, folder: string): Promise<TlsSettings> {
  if (!options) return {};
  const { caFile, certFile, keyFile, serverName, insecureSkipVerify } = options;
  const read = (option: string, file: string | undefined) => (file === undefined ? undefined : contentOf(option, resolve(folder, file)));
  const [ca, cert, key] = await Promise.all([read('caFile', caFile), read('certFile', certFile), read('keyFile', keyFile)]);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(serverName && { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
  };
}

async function contentOf(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      'InvalidConfiguration',
      `tls.${option} of the metrics source 'prometheus' cannot be read on the worker: ${path} (${code})`,
    );
  }
}
