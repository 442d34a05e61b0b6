import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { RouterOptions } from '../../../src/providers/routers/local/process.ts';

/** A router in a process of its own, so that it can be killed. */
export interface RouterProcess {
  address: string;
  pid: number;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

const ENTRY = `
import { runRouter } from './process.ts';
runRouter(JSON.parse(process.argv[2])).then(({ address }) => console.log(address), (error) => { console.error(error.message); process.exit(2); });
`;

let bundled: Promise<string> | undefined;

const bundle = async (): Promise<string> => {
  const outfile = join(await mkdtemp(join(tmpdir(), 'cutover-router-bundle-')), 'router.cjs');
  const resolveDir = fileURLToPath(new URL('../../../src/providers/routers/local', import.meta.url));
  await build({
    stdin: { contents: ENTRY, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
};

const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
};

export const startRouterProcess = async (options: RouterOptions): Promise<RouterProcess> => {
  bundled ??= bundle();
  const child = spawn(process.execPath, [await bundled, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`the router ended with ${code}`)));
  });
  return { address, pid: child.pid!, kill: (signal) => end(child, signal) };
};
