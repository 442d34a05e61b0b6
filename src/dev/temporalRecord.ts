import { join } from 'node:path';
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts';
import { readJson, writeJson } from './jsonFile.ts';

interface Document {
  server: ProcessIdentity;
  /** The `cutover dev` that stops it. */
  owner: ProcessIdentity | null;
  ui: string | null;
}

/** A server whose owner was killed. */
export interface Orphan {
  server: ProcessIdentity;
  ui: string | null;
}

/** Which process serves a folder's database, so that the next `cutover dev` knows it for its own. */
export class TemporalRecord {
  readonly #file: string;

  constructor(folder: string, port: number) {
    this.#file = join(folder, `temporal-${port}.json`);
  }

  async orphan(): Promise<Orphan | null> {
    const found = readJson<Document>(this.#file);
    if (found === null || !(await isAlive(found.server))) return null;
    const owned = found.owner !== null && (await isAlive(found.owner));
    return owned ? null : { server: found.server, ui: found.ui };
  }

  /** This process is the owner from now on. */
  async write(pid: number, ui: string | null): Promise<ProcessIdentity> {
    const [found, owner] = await Promise.all([identityOf(pid), identityOf(process.pid)]);
    // No process has this token: one that is gone already is recorded as gone.
    const server = found ?? { pid, token: '' };
    writeJson(this.#file, { server, owner, ui } satisfies Document);
    return server;
  }
}
