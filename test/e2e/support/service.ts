import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../src/client.ts';
import type { StatusDocument } from '../../../src/contract.ts';
import type { Color } from '../../../src/core/plan.ts';
import { freePorts } from '../../../src/demo/ports.ts';
import { Command, cutover, type Ended } from './cli.ts';
import { type FoundProcess, processesWith } from './processes.ts';
import { webServer } from './programs.ts';

export interface ServiceOptions {
  name?: string;
  /** Uses that one's Temporal server and worker; its own router is for `start('router')`. */
  beside?: Service | undefined;
  /** A file of its folder for each: `app.mjs` is what the service runs. */
  programs?: Record<string, string>;
  /** Sections of the service file, in the place of those that a test gets without asking. */
  file?: Record<string, unknown>;
  /** Of every command, and so of the worker that `cutover dev` starts. */
  env?: Record<string, string>;
}

const MARK = 'CUTOVER_TEST_SERVICE';

/** A user's own service in a fresh folder, with ports and a Temporal address that nobody else has. */
export class Service {
  readonly #mark = randomUUID();
  readonly #discarded = new AbortController();

  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly ports: { front: number; blue: number; green: number; temporal: number; ui: number },
    readonly env: Record<string, string>,
  ) {}

  static async create({ name = 'shop', beside, programs = {}, file = {}, env = {} }: ServiceOptions = {}): Promise<Service> {
    const [front, blue, green, temporal, ui] = (await freePorts(5)) as [number, number, number, number, number];
    const ports = { front, blue, green, temporal: beside?.ports.temporal ?? temporal, ui };
    const service = new Service(name, await mkdtemp(join(tmpdir(), 'cutover-e2e-')), ports, env);
    for (const [name, text] of Object.entries({ 'app.mjs': webServer, ...programs })) await writeFile(join(service.folder, name), text);
    await service.writeFile(file);
    return service;
  }

  /** Every YAML reader takes JSON. */
  async writeFile(sections: Record<string, unknown> = {}): Promise<void> {
    const { front, blue, green } = this.ports;
    const document = {
      service: this.name,
      router: { type: 'local', listen: `127.0.0.1:${front}` },
      environment: { type: 'local', command: ['node', 'app.mjs'], ports: { blue, green } },
      identity: { path: '/version', json: 'version' },
      monitor: { duration: '1s', interval: '500ms' },
      ...sections,
    };
    await writeFile(join(this.folder, 'cutover.yaml'), JSON.stringify(document, null, 2));
  }

  readFile(): Promise<string> {
    return readFile(join(this.folder, 'cutover.yaml'), 'utf8');
  }

  /** What users connect to. */
  get url(): string {
    return `http://127.0.0.1:${this.ports.front}/`;
  }

  get address(): string {
    return `127.0.0.1:${this.ports.temporal}`;
  }

  /** Where everything that is known of it lies. */
  get stateDir(): string {
    return join(this.folder, '.cutover', this.name);
  }

  get #command() {
    // What a test that ran out of time still wants to do.
    this.#discarded.signal.throwIfAborted();
    return { cwd: this.folder, env: { ...this.env, [MARK]: this.#mark, TEMPORAL_ADDRESS: this.address } };
  }

  /** Runs a command in its folder to its end. */
  cutover(...args: string[]): Promise<Ended> {
    return cutover(args, this.#command);
  }

  /** The document that a command with `-o json` prints. Rejects where it fails. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cutover(...args, '-o', 'json');
    if (code !== 0) throw new Error(`cutover ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  start(...args: string[]): Command {
    return new Command(args, this.#command);
  }

  /** Resolves to the first status that is so, as programs that follow a deployment get it: a command for each look would be slow. */
  async untilStatus(holds: (status: StatusDocument) => boolean): Promise<StatusDocument> {
    const client = await connect({ address: this.address, namespace: 'default' });
    try {
      for await (const status of client.watch(this.name)) {
        this.#discarded.signal.throwIfAborted();
        if (holds(status)) return status;
      }
      throw new Error('a watch ended by itself');
    } finally {
      await client.close();
    }
  }

  /** All that was started by a command of this service and lives. */
  processes(): Promise<FoundProcess[]> {
    return processesWith(MARK, this.#mark);
  }

  /** What runs on a color: one process, or none. */
  onColor(color: Color): Promise<FoundProcess[]> {
    return processesWith('PORT', String(this.ports[color]));
  }

  /** The id of the only process whose command line has this in it. */
  async pidOf(part: string): Promise<number> {
    const found = (await this.processes()).filter(({ command }) => command.includes(part));
    if (found.length !== 1) throw new Error(`${found.length} processes are "${part}": ${JSON.stringify(await this.processes())}`);
    return found[0]!.pid;
  }

  /** Takes away what says which processes `cutover dev` started. */
  async forgetDev(): Promise<void> {
    const state = join(this.folder, '.cutover');
    await rm(join(state, this.name, 'dev.json'));
    await rm(join(state, `temporal-${this.ports.temporal}.json`));
  }

  /** Ends all that is left of it, however the test ended. */
  async discard(): Promise<void> {
    this.#discarded.abort(new Error('the test is over'));
    for (let left = await this.processes(); left.length > 0; left = await this.processes()) {
      for (const { pid } of left) kill(pid);
      await sleep(50);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
