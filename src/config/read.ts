import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError } from './errors.ts';

export const SERVICE_FILE = 'cutover.yaml';

const MOST_BYTES = 1024 * 1024;

/** The text of a service file, and where it is: `path` and `folder` are absolute, `file` is as the user wrote it. */
export interface ServiceText {
  file: string;
  path: string;
  folder: string;
  text: string;
}

/** Reads a service file as text. Throws ConfigError for whatever is no readable text file of a sensible size. */
export async function readServiceText(file: string = SERVICE_FILE): Promise<ServiceText> {
  const refuse = (message: string): never => {
    throw new ConfigError(file, [{ line: null, path: '', message }]);
  };
  const path = resolve(file);
  const bytes = await readRegularFile(path).catch((error: NodeJS.ErrnoException) => refuse(inWords(error)));
  const text = decode(bytes) ?? refuse('not UTF-8 text: save it with the encoding UTF-8');
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const line = text.slice(0, nul).split('\n').length;
    throw new ConfigError(file, [{ line, path: '', message: 'a NUL character: this is no text file' }]);
  }
  if (text.trim() === '') refuse(`empty: 'cutover init' writes a service file to start from`);
  return { file, path, folder: dirname(path), text };
}

async function readRegularFile(path: string): Promise<Buffer> {
  const { size, ...kind } = await stat(path).then((stats) => ({ size: stats.size, file: stats.isFile(), folder: stats.isDirectory() }));
  if (kind.folder) throw new Error('a folder: name the service file in it');
  if (!kind.file) throw new Error('not a regular file');
  if (size > MOST_BYTES) throw new Error(`larger than 1 MB (${size} bytes): this is no service file`);
  return readFile(path);
}

function inWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return `no such file: 'cutover init' writes one, '-f FILE' names another`;
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'may not be read by this user';
  return error.message;
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
