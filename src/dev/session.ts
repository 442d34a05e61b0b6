import { join } from 'node:path';
import type { ResolvedConnection } from '../client/resolve.ts';
import { COLORS, type Color } from '../core/plan.ts';
import { type RunningColor, runningColors } from '../providers/environments/local/processes.ts';
import { loadState } from '../providers/routers/local/stateFile.ts';
import { colorsToRevive, type Revival, revive, stopColors } from './colors.ts';
import { watchLiveColor } from './liveColorWatch.ts';
import type { DevRecord } from './record.ts';
import { type RunningRouter, requireFront, startRouter } from './router.ts';
import { type Supervised, supervise } from './supervise.ts';
import { type RunningTemporal, startTemporal } from './temporal.ts';
import { type RunningWorker, startWorker } from './worker.ts';

export interface DevSettings {
  service: string;
  /** Absolute. */
  file: string;
  stateDir: string;
  connection: ResolvedConnection;
  uiPort: number | undefined;
  /** host:port of a local router; null where the service has another kind. */
  listen: string | null;
  /** Whether the colors are processes of this machine. */
  localColors: boolean;
  say(line: string): void;
  warn(line: string): void;
}

/** All that one `cutover dev` runs. */
export interface Started {
  temporal: RunningTemporal;
  router: RunningRouter | null;
  worker: RunningWorker;
  live: RunningColor | null;
}

export const logFolder = (stateDir: string): string => join(stateDir, 'logs');

export class DevSession {
  readonly #settings: DevSettings;
  readonly #record: DevRecord;
  readonly #watching = new AbortController();
  #temporal: Supervised<RunningTemporal> | null = null;
  #router: Supervised<RunningRouter> | null = null;
  #worker: Supervised<RunningWorker> | null = null;
  #live: Color | null = null;
  #revived: Color[] = [];

  constructor(settings: DevSettings, record: DevRecord) {
    this.#settings = settings;
    this.#record = record;
  }

  /** Users first, then what deploys: a worker that found the live color down would roll back for that. */
  async start(asked: AbortSignal): Promise<Started> {
    const { service, stateDir, localColors, warn } = this.#settings;
    await together(asked, [(signal) => this.#startTemporal(signal), (signal) => this.#serveUsers(signal)]);
    await this.#startWorker(asked);
    if (localColors && this.#router !== null) watchLiveColor({ service, stateDir, warn, signal: this.#watching.signal });
    const live = (await runningColors(stateDir)).find(({ color }) => color === this.#live) ?? null;
    return { temporal: this.#temporal!.first, router: this.#router?.first ?? null, worker: this.#worker!.first, live };
  }

  /** Takes back what `start` began when it failed; what ran before is left as it was. */
  async undo(): Promise<void> {
    const never = new AbortController().signal;
    await inOrder([
      () => this.#worker?.stop(never),
      () => (this.#router?.first.origin === 'started' ? this.#router.stop(never) : undefined),
      () => stopColors(this.#settings.stateDir, this.#revived, never),
      () => (this.#temporal?.first.origin === 'started' ? this.#temporal.stop(never) : undefined),
    ]);
  }

  /** What judges goes before what is judged, and what keeps the state goes last. */
  async stop(hard: AbortSignal): Promise<void> {
    this.#watching.abort();
    const { localColors } = this.#settings;
    await inOrder([
      () => this.#worker?.stop(hard),
      () => this.#router?.stop(hard),
      () => (localColors ? this.#stopAllColors(hard) : undefined),
      () => this.#temporal?.stop(hard),
    ]);
  }

  /** Users go on being served: the colors stay, and the router, without which nobody reaches them. Answers with what stays. */
  async stopButServe(hard: AbortSignal): Promise<RunningColor[]> {
    this.#watching.abort();
    await inOrder([() => this.#worker?.stop(hard), () => this.#temporal?.stop(hard)]);
    return this.#settings.localColors ? runningColors(this.#settings.stateDir) : [];
  }

  async #stopAllColors(hard: AbortSignal): Promise<void> {
    const { stateDir } = this.#settings;
    const running = (await runningColors(stateDir)).map(({ color }) => color);
    // What this one had not brought up yet is left to the next.
    this.#record.stoppedColors = [...new Set([...this.#record.stoppedColors, ...running])];
    await stopColors(stateDir, COLORS, hard);
  }

  async #startTemporal(signal: AbortSignal): Promise<void> {
    const { uiPort, say } = this.#settings;
    let ui = uiPort;
    const start = async (wanted: AbortSignal): Promise<RunningTemporal> => {
      const server = await startTemporal({ ...this.#settings, uiPort: ui }, wanted);
      // Whoever looks at the UI finds it where it was, after a restart, too.
      if (server.ui !== null) ui = Number(new URL(server.ui).port);
      return server;
    };
    const advice = `see ${join(this.#settings.stateDir, '..')}/temporal-*.log`;
    this.#temporal = await supervise({ name: 'the Temporal server', start, advice, say }, signal);
  }

  async #serveUsers(signal: AbortSignal): Promise<void> {
    const { service, file, stateDir, listen, localColors, say } = this.#settings;
    if (listen !== null) {
      await requireFront({ service, file, stateDir, listen });
      this.#live = (await loadState(stateDir)).live;
    }
    const others = localColors ? (await this.#reviveLiveFirst(signal)).others : null;
    if (listen !== null) {
      const start = (wanted: AbortSignal) => startRouter({ service, file, stateDir, listen, record: this.#record }, wanted);
      const advice = `see ${join(logFolder(stateDir), 'router.log')}`;
      this.#router = await supervise({ name: 'the router', start, advice, say }, signal);
    }
    await others;
    this.#record.stoppedColors = [];
  }

  /** Resolves when the live color is up; what it answers with resolves when the others are, too. */
  async #reviveLiveFirst(signal: AbortSignal): Promise<{ others: Promise<unknown> }> {
    const { stateDir } = this.#settings;
    this.#revived = await colorsToRevive(stateDir, this.#record, this.#live);
    this.#record.stoppedColors = this.#revived;
    const all = this.#revived.map(async (color) => this.#tell(await revive(stateDir, color, signal)));
    const others = Promise.all(all);
    others.catch(() => {});
    await all[this.#revived.indexOf(this.#live!)];
    return { others };
  }

  #tell({ color, version, trouble }: Revival): void {
    const { say, warn } = this.#settings;
    const role = color === this.#live ? 'live' : 'not live';
    if (trouble === null) say(`${color} ${version} (${role}) is up again`);
    else warn(`${color} ${version} (${role}) did not come up again: ${trouble}`);
  }

  async #startWorker(signal: AbortSignal): Promise<void> {
    const { file, connection, stateDir, say } = this.#settings;
    const logFile = join(logFolder(stateDir), 'worker.log');
    const start = (wanted: AbortSignal) => startWorker({ file, connection, logFile }, wanted);
    this.#worker = await supervise({ name: 'the worker', start, advice: `see ${logFile}`, say }, signal);
  }
}

/** Runs all at once; the first that fails makes the others give up, and is what is thrown when all have ended. */
async function together(signal: AbortSignal, work: ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  await Promise.allSettled(work.map((one) => one(both).catch((error) => failed.abort(error))));
  both.throwIfAborted();
}

/** All steps, also after one that failed; the first failure is what is thrown. */
async function inOrder(steps: (() => Promise<void> | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
