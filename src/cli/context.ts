import type { Cutover } from '../client.ts';
import type { ExitCode } from './exit.ts';
import { createOutput, type Output } from './output.ts';

/** The options that every command has, as given on the command line. */
export interface CommonOptions {
  file?: string;
  output: 'json' | 'text';
  address?: string;
  namespace?: string;
  taskQueue?: string;
  quiet?: boolean;
  color: boolean;
}

/** What every command is run with. */
export interface Context {
  options: CommonOptions;
  out: Output;
  /** The service file's path. */
  file: string;
  /** Connects at first use; throws ClientError NoServer. */
  connect(): Promise<Cutover>;
  /** The named service, else the one of the service file. */
  serviceName(named: string | undefined): Promise<string>;
  close(): Promise<void>;
}

/** What a command's module exports: `args` in the order of its declaration in the table, undefined where left out. */
export type Run<Options = Record<string, never>> = (context: Context, args: (string | undefined)[], options: Options) => Promise<ExitCode>;

const SERVICE = /^[a-z0-9][a-z0-9-]{0,39}$/;

export function createContext(options: CommonOptions): Context {
  const file = options.file ?? 'cutover.yaml';
  let client: Promise<Cutover> | undefined;
  return {
    options,
    file,
    out: createOutput({ format: options.output, quiet: options.quiet ?? false, color: options.color }),
    connect: () => {
      client ??= import('../client.ts').then(({ connect }) => connect(options));
      return client;
    },
    serviceName: (named) => (named === undefined ? nameInFile(file) : checked(named)),
    close: async () => (await client?.catch(() => undefined))?.close(),
  };
}

async function nameInFile(file: string): Promise<string> {
  const { readServiceName } = await import('../config/serviceName.ts');
  return readServiceName(file);
}

async function checked(name: string): Promise<string> {
  if (SERVICE.test(name)) return name;
  const { UsageError } = await import('./errors.ts');
  throw new UsageError(`"${name}" is no service name: ${SERVICE.source} is allowed`);
}
