/**
 * The program `cutover`. A person in an outage waits for a command to start, and most of that is compiling it: so the build
 * keeps what V8 made of it (scripts/keep-code.mjs), for the version of Node that built it. With any other, the command is
 * imported as usual.
 */
import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

/** Without extension, in the folder of the chunks: `.cjs` is the command as one script, `.cache` its compiled code. */
declare const KEPT_SCRIPT: string;

/** The commands that are no part of it. A service may be called so, too: that is only slower. */
declare const LONG_RUNNING: readonly string[];

type Main = Pick<typeof import('./main.ts'), 'runToExit'>;

const argv = process.argv.slice(2);
const kept = argv.some((word) => LONG_RUNNING.includes(word)) ? null : keptMain();
const { runToExit } = kept ?? (await importedMain());
await runToExit(argv);

/** Null where there is none for this Node. */
function keptMain(): Main | null {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'chunks');
  const filename = join(folder, `${KEPT_SCRIPT}.cjs`);
  // Since Node 20.12: without it the script could not import a module.
  const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (importModuleDynamically === undefined) return null;
  try {
    const cachedData = readFileSync(join(folder, `${KEPT_SCRIPT}.cache`));
    // The bundler writes ASCII alone.
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData, importModuleDynamically });
    if (script.cachedDataRejected) return null;
    const made = { exports: {} as Main };
    script.runInThisContext()(made.exports, module.createRequire(filename), made, filename, folder);
    return made.exports;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

async function importedMain(): Promise<Main> {
  // Node 22 and later keep the compiled code of what is loaded from here on.
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  return import('./main.ts');
}
