import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import { portOwner } from '../providers/environments/local/port.ts';
import { indented, lastLines } from '../providers/processes/outputLines.ts';
import { parseAddress, urlOf } from '../providers/routers/local/address.ts';
import { type RouterStatus, routerStatus } from '../providers/routers/local/admin.ts';
import { listenError } from '../temporal/ports.ts';
import { DevError, DevRefused } from './errors.ts';
import { end, identityOf, untilGone } from './identity.ts';
import { spawnOwn } from './ownCommand.ts';
import type { DevRecord } from './record.ts';
import type { Running } from './supervise.ts';

export interface RouterSettings {
  service: string;
  /** Absolute. */
  file: string;
  stateDir: string;
  /** host:port, by the service file. */
  listen: string;
  record: DevRecord;
}

export interface RunningRouter extends Running {
  /** http://host:port */
  address: string;
  pid: number;
  /** 'started' just now, 'taken-over' from a former `cutover dev`, or 'foreign': never stopped by us. */
  origin: 'started' | 'taken-over' | 'foreign';
}

const READY_MS = 30_000;
/** The router itself lets requests in flight end for five seconds. */
const GRACE_MS = 8_000;

/** The service's router: the one that runs already, else a process of its own, which outlives this one so that users are served on. */
export async function startRouter(settings: RouterSettings, signal: AbortSignal): Promise<RunningRouter> {
  const status = await requireFront(settings);
  return status.running ? adopt(settings, status) : start(settings, signal);
}

/**
 * Whether the router runs, where it is to be or can be. Throws Refused where it runs somewhere else, DevError where another
 * program has the address, InvalidConfiguration for an address that nobody can listen on here.
 */
export async function requireFront({ service, stateDir, listen }: Omit<RouterSettings, 'record'>): Promise<RouterStatus> {
  const status = await routerStatus(stateDir, service);
  const wanted = urlOf(parseAddress(listen)!);
  if (!status.running) await requireFree(listen);
  else if (status.address !== wanted) {
    const { address, pid } = status;
    throw new DevRefused(
      `the router of ${service} (pid ${pid}) runs and listens on ${address}, not on ${wanted}: stop it first (kill ${pid})`,
    );
  }
  return status;
}

async function adopt({ service, record }: RouterSettings, { pid = 0, address = '' }: RouterStatus): Promise<RunningRouter> {
  const identity = await identityOf(pid);
  if (identity === null) throw new DevError(`the router of ${service} (pid ${pid}) ended just now: start cutover dev again`);
  const ours = record.router?.pid === pid && record.router.token === identity.token;
  return {
    address,
    pid,
    origin: ours ? 'taken-over' : 'foreign',
    exited: untilGone(identity).then(() => ({ how: 'nobody saw how', output: '' })),
    stop: async (hard) => {
      if (ours) await end(identity, { graceMs: GRACE_MS, hard });
    },
  };
}

async function requireFree(listen: string): Promise<void> {
  const address = parseAddress(listen)!;
  const error = await listenError(address);
  if (error === null) return;
  if (error.code !== 'EADDRINUSE') throw new Failure('InvalidConfiguration', `router.listen: ${error.message}`);
  const who = (await portOwner(address.port)) ?? 'another program';
  throw new DevError(`the router cannot listen on ${listen}: ${who} listens there. Stop it, or change router.listen in the service file`);
}

async function start({ service, file, stateDir, record }: RouterSettings, signal: AbortSignal): Promise<RunningRouter> {
  const logFile = join(stateDir, 'logs', 'router.log');
  const router = spawnOwn({ args: ['router', '-f', file], logFile, life: 'free', graceMs: GRACE_MS });
  try {
    const pid = router.child.pid!;
    record.router = await identityOf(pid);
    const address = await Promise.race([untilReady(stateDir, service, pid, signal), earlyEnd(router)]);
    return { ...router, address, pid, origin: 'started' };
  } catch (error) {
    await router.stop(AbortSignal.abort());
    throw error;
  }
}

async function untilReady(stateDir: string, service: string, pid: number, signal: AbortSignal): Promise<string> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const status = await routerStatus(stateDir, service).catch(() => null);
    if (status?.pid === pid && status.address !== undefined) return status.address;
    await sleep(50, undefined, { signal });
  }
  throw new DevError(`the router of ${service} does not answer within ${READY_MS / 1000} s`);
}

async function earlyEnd({ exited }: Running): Promise<never> {
  const { how, output } = await exited;
  throw new DevError(`the router cannot be started (${how}):\n${indented(lastLines(output, 10))}`);
}
