/** The harness's own control plane can lose its API server, and ends with who started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { useCluster } from './support/cluster.ts';
import { untilEndpoints } from './support/endpoints.ts';
import { makeShop } from './support/shop.ts';

describe('an API server that is restarted', () => {
  const cluster = useCluster({ plane: 'own' });

  test('keeps what it stores, and the controllers come back to it', async () => {
    await makeShop(cluster);
    const restarted = cluster.restartApiServer(200);
    await expect.poll(() => cluster.kubectl(['get', 'services']).catch((error) => error.message)).toContain('refused');
    await restarted;
    expect(await cluster.kubectl(['get', 'services'])).toContain('shop');
    await cluster.kubectl(['scale', 'deployment/shop-blue', '--replicas=3']);
    await untilEndpoints(cluster, 'shop', { blue: 3 });
  });
});

test('what a test run started ends, with its folder, when the run is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  const watchdog = fileURLToPath(new URL('support/watchdog.mjs', import.meta.url));
  const run = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { spawn } from 'node:child_process';
     const options = { detached: true, stdio: ['pipe', 'ignore', 'ignore'] };
     const watchdog = spawn(process.execPath, [${JSON.stringify(watchdog)}, ${JSON.stringify(folder)}], options);
     const server = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], options);
     watchdog.stdin.write('add ' + server.pid + '\\n', () => console.log(server.pid));
     setInterval(() => {}, 1000);`,
  ]);
  const [pid] = await once(createInterface({ input: run.stdout }), 'line');
  expect(isAlive(Number(pid))).toBe(true);
  run.kill('SIGKILL');
  await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
