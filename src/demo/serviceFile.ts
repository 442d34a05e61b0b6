import { copyFile, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { HOST } from './ports.ts';

export const SERVICE = 'shop';
export const MONITOR_SECONDS = 8;

export interface Ports {
  front: number;
  blue: number;
  green: number;
}

/** A new folder with the sample service and its service file, as a user would have them. */
export async function writeFolder(ports: Ports): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'cutover-demo-'));
  const file = join(folder, 'cutover.yaml');
  await copyFile(join(packageRoot(), 'examples', 'shop', 'shop.mjs'), join(folder, 'shop.mjs'));
  await writeFile(file, serviceFile(ports));
  return { folder, file };
}

const serviceFile = ({ front, blue, green }: Ports): string => `\
service: ${SERVICE}
router: { type: local, listen: "${HOST}:${front}" }
environment:
  type: local
  command: [node, shop.mjs]
  ports: { blue: ${blue}, green: ${green} }
  readiness: { path: /ready }
identity: { path: /version, json: version }
smokeTests: [{ name: page, path: /, expect: { json: { shop: open } } }]
monitor: { duration: ${MONITOR_SECONDS}s, interval: 1s, checks: [{ name: error-rate, source: { type: router }, max: 0.05 }] }
`;
