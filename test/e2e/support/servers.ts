import { type FailedRequest, selfAt } from './load.ts';
import { kill, type Service } from './service.ts';
import { until } from './until.ts';

/** What `cutover dev` keeps running, by its command line. */
export const SERVERS = { worker: 'cutover.js worker', temporal: ' start-dev ', router: 'cutover.js router' };
export type Server = keyof typeof SERVERS;

export async function pidsOf(service: Service, server: Server): Promise<number[]> {
  return (await service.processes()).filter(({ command }) => command.includes(SERVERS[server])).map(({ pid }) => pid);
}

/** From when until when (epoch ms) nobody could count on a server. */
export interface Downtime {
  server: Server;
  from: number;
  until: number;
}

/** Ends it at once with SIGKILL. Resolves when `cutover dev` has brought it up again and it does its work; null where it was down already. */
export async function killServer(service: Service, server: Server): Promise<Downtime | null> {
  const [pid] = await pidsOf(service, server);
  if (pid === undefined) return null;
  const from = Date.now();
  kill(pid);
  await until(async () => {
    const [now] = await pidsOf(service, server);
    return now !== undefined && now !== pid && (server === 'router' ? await answers(service.url) : await tellsStatus(service));
  });
  return { server, from, until: Date.now() };
}

const tellsStatus = async (service: Service): Promise<boolean> => (await service.cutover('status', service.name)).code === 0;

/** Where a router accepts connections, some answer comes, good or bad. */
const answers = (url: string): Promise<boolean> =>
  selfAt(url).then(
    () => true,
    (error: Error) => !NO_ROUTER.test(error.message),
  );

const NO_ROUTER = /ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|aborted/;

/** The failures of users that are not those of a router that was down. */
export const unexplained = (failures: FailedRequest[], downtimes: readonly (Downtime | null)[]): FailedRequest[] =>
  failures.filter(
    ({ what, at, until: end }) =>
      !NO_ROUTER.test(what) || !downtimes.some((down) => down?.server === 'router' && at <= down.until && end >= down.from),
  );
