import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Color } from '../core/plan.ts';
import { withLock } from '../temporal/lock.ts';
import { DevRefused } from './errors.ts';
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts';
import { readJson, writeJson } from './jsonFile.ts';

interface Document {
  recordVersion: 1;
  /** The `cutover dev` of this service; null when it stopped in order. */
  dev: ProcessIdentity | null;
  /** A router that a `cutover dev` started: it may outlive it. */
  router: ProcessIdentity | null;
  /** The colors that `cutover dev` stopped when it stopped: it brings them up again. */
  stoppedColors: Color[];
}

const NOTHING: Document = { recordVersion: 1, dev: null, router: null, stoppedColors: [] };

/** What one `cutover dev` leaves for the next of the same service, however it ends. */
export class DevRecord {
  readonly #file: string;
  #document: Document;

  private constructor(file: string, document: Document) {
    this.#file = file;
    this.#document = document;
  }

  /** One `cutover dev` at a time. Throws Refused where another one runs. */
  static async claim(stateDir: string, service: string): Promise<DevRecord> {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const file = join(stateDir, 'dev.json');
    return withLock({ path: `${file}.lock`, onWait: () => {} }, async () => {
      const former = { ...NOTHING, ...readJson<Partial<Document>>(file) };
      if (former.dev !== null && (await isAlive(former.dev))) {
        throw new DevRefused(`cutover dev already runs for ${service} (pid ${former.dev.pid}): use it, or stop it first`);
      }
      const record = new DevRecord(file, former);
      record.#update({ dev: await identityOf(process.pid) });
      return record;
    });
  }

  get router(): ProcessIdentity | null {
    return this.#document.router;
  }

  set router(router: ProcessIdentity | null) {
    this.#update({ router });
  }

  get stoppedColors(): readonly Color[] {
    return this.#document.stoppedColors;
  }

  set stoppedColors(stoppedColors: readonly Color[]) {
    this.#update({ stoppedColors: [...stoppedColors] });
  }

  release(): void {
    this.#update({ dev: null });
  }

  #update(change: Partial<Document>): void {
    this.#document = { ...this.#document, ...change };
    writeJson(this.#file, this.#document);
  }
}
