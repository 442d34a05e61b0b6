import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CUTOVER = fileURLToPath(new URL('../../dist/cutover.js', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command to its end; killed (code null) after `timeoutMs`. */
export function cutover(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Ended> {
  const env = { ...process.env, TEMPORAL_ADDRESS: '', NO_COLOR: '1', ...options.env };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CUTOVER, ...args],
      { cwd: options.cwd, env, timeout: options.timeoutMs ?? 30_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** A folder for one test, with its service file. */
export async function folderWith(serviceFile: string | null): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-cli-'));
  if (serviceFile !== null) await writeFile(join(folder, 'cutover.yaml'), serviceFile);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const SERVICE_FILE = `service: shop
router: { type: local, listen: "127.0.0.1:8080" }
environment: { type: local, command: [node, app.js], ports: { blue: 9101, green: 9102 } }
`;
