import { copyFile, writeFile } from 'node:fs/promises';
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

/** The sample service and its service file, as a user would have them. Resolves to the file. */
export async function writeServiceFile(folder: string, ports: Ports): Promise<string> {
  return writeSample(folder, serviceFile(ports));
}

export async function writeSample(folder: string, text: string): Promise<string> {
  const file = join(folder, 'cutover.yaml');
  await copyFile(join(packageRoot(), 'examples', 'shop', 'shop.mjs'), join(folder, 'shop.mjs'));
  await writeFile(file, text);
  return file;
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
