import type { Command } from './cli.ts';
import type { Service } from './service.ts';

/** What `cutover dev -o json` prints when it is ready. */
export interface DevDocument {
  temporal: { address: string; ui: string | null; pid: number | null; origin: string };
  router: { address: string; pid: number; origin: string };
  worker: { taskQueue: string; pid: number };
  live: { color: string; version: string; pid: number } | null;
  logs: string;
}

export interface Dev {
  command: Command;
  document: DevDocument;
}

/** Starts `cutover dev` for a service and waits until it is ready. Rejects with what it said where it ends before. */
export async function startDev(service: Service, ...args: string[]): Promise<Dev> {
  const command = service.start('dev', '-o', 'json', '--ui-port', String(service.ports.ui), ...args);
  await command.says(/^}$/m);
  return { command, document: JSON.parse(command.stdout) as DevDocument };
}
