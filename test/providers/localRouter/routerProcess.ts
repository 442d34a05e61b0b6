import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  const resolveDir = fileURLToPath(new URL('../../../src/providers/routers/local', import.meta.url));
  const stdin = { contents: ENTRY, resolveDir, loader: 'ts' as const };
  const { outputFiles } = await build({ stdin, bundle: true, platform: 'node', format: 'cjs', write: false, logLevel: 'error' });
  return outputFiles[0]!.text;
};

const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
};

export const startRouterProcess = async (options: RouterOptions): Promise<RouterProcess> => {
  bundled ??= bundle();
  const script = await bundled;
  const child = spawn(process.execPath, ['-', JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(script);
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`the router ended with ${code}`)));
  });
  return { address, pid: child.pid!, kill: (signal) => end(child, signal) };
};
