/** What a fresh worker loads before it is asked for anything. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { preload } from '../../src/preload.ts';

const loaded = vi.hoisted(() => vi.fn());
vi.mock('@kubernetes/client-node', (original) => {
  loaded();
  return original();
});

const SERVICE = `service: shop
router: { type: kubernetes, service: shop }
environment: { type: kubernetes, deployments: { blue: shop-blue, green: shop-green }, container: shop, image: "shop:{version}" }
`;

let folder: string;
beforeAll(async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
  folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  await writeFile(join(folder, 'cutover.yaml'), SERVICE);
  await writeFile(join(folder, 'wrong.yaml'), 'service: [');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['wrong.yaml', 'absent.yaml'])('a worker starts beside %s, too, and loads nothing for it', async (name) => {
  await expect(preload(join(folder, name))).resolves.toBeNull();
  expect(loaded).not.toHaveBeenCalled();
});

test('beside a service file on Kubernetes it has the client of Kubernetes before its first deployment', async () => {
  await preload(join(folder, 'cutover.yaml'));
  expect(loaded).toHaveBeenCalled();
});
