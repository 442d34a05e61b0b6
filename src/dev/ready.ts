import { dirname } from 'node:path';
import { type DevSettings, logFolder, type Started } from './session.ts';

/** What a program that started `cutover dev -o json` reads when all is up. */
export const readyDocument = ({ service, file, stateDir, connection }: DevSettings, { temporal, router, worker, live }: Started) => ({
  service,
  file,
  temporal: { address: temporal.address, namespace: connection.namespace, ui: temporal.ui, pid: temporal.pid, origin: temporal.origin },
  router: router && { address: router.address, pid: router.pid, origin: router.origin },
  worker: { taskQueue: connection.taskQueue, pid: worker.pid },
  live: live && { color: live.color, version: live.version, pid: live.pid },
  logs: logFolder(stateDir),
});

/** The last line is what a program may wait for. */
export function readyText(settings: DevSettings, { temporal, router, live }: Started, suffix: string): string {
  const { service, stateDir } = settings;
  const users =
    router === null ? [] : [['users', `${router.address} (${live === null ? 'no version is live yet' : `${live.color} ${live.version}`})`]];
  const rows = [
    ['Temporal', `${temporal.address}${temporal.origin === 'foreign' ? ' (was running already)' : ''}`],
    ...(temporal.ui === null ? [] : [['Web UI', temporal.ui]]),
    ...users,
    ['logs', `${logFolder(stateDir)} (Temporal's: ${dirname(stateDir)})`],
  ];
  return [
    ...rows.map(([name = '', value]) => `${name.padEnd(10)}${value}`),
    `next      cutover deploy ${live === null ? 'v1' : 'VERSION'} --wait${suffix}`,
    `cutover dev is ready for ${service}; Ctrl-C stops it`,
  ].join('\n');
}
