/**
 * Builds dist/: the command, bundled so that it starts quickly, and the workflow's code as the worker loads it.
 * Two builds at once do no harm: every file is written beside its place and then moved there, what is needed first.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { build } from 'esbuild';
import { slimProto } from './slim-proto.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path) => join(root, 'src', path);
const dist = join(root, 'dist');

const ENTRIES = {
  cutover: source('cli/start.ts'),
  client: source('client.ts'),
  worker: source('worker.ts'),
  demo: source('demo/main.ts'),
  'demo-aws': source('demo/aws/main.ts'),
  'demo-data-plane': source('demo/aws/dataPlaneThread.ts'),
};
const EXECUTABLE = ['cutover.js', 'demo.js', 'demo-aws.js'];
/** Commands that run for hours, and share the packages of a worker: they are imported, and no part of the script (src/cli/start.ts). */
const LONG_RUNNING = ['dev', 'worker', 'router'];
/** What a command that a person waits for loads is bundled; all else stays a package. */
const BUNDLED = ['commander', 'zod', 'yaml'];

const KEPT_MS = 7 * 24 * 3_600_000;

const OPTIONS = {
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay as they are: stack traces are read by people.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  absWorkingDir: root,
  write: false,
  logLevel: 'warning',
};

const [script, workflow] = await Promise.all([bundleScript(), bundleWorkflows()]);
const code = await bundleCode(basename(script[0].path, '.cjs'));
await publish([...script, ...code, workflow]);

async function bundleCode(keptScript) {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: ENTRIES,
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    format: 'esm',
    define: { KEPT_SCRIPT: JSON.stringify(keptScript), LONG_RUNNING: JSON.stringify(LONG_RUNNING) },
    banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
    plugins: [packages(), slimProto()],
  });
  return outputFiles.map(({ path, contents }) => ({ path, contents: withShebang(path, contents) }));
}

/** The command line as one script, as Node wraps a CommonJS module, and what V8 made of it (see src/cli/start.ts). */
async function bundleScript() {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: { 'chunks/command': source('cli/main.ts') },
    entryNames: '[dir]/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': '__url' },
    banner: {
      js: '(function(exports,require,module,__filename,__dirname){const __url=require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
    plugins: [withoutLongRunning(), packages(), slimProto()],
  });
  const [{ path, contents }] = outputFiles;
  return [{ path, contents }, ...(await keptCode({ path, contents }))];
}

/** Nothing where it cannot be made: the command is imported as usual then. */
async function keptCode(script) {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-build-'));
  try {
    // It is compiled under the name that it will have: what it requires lies beside it.
    await mkdir(dirname(script.path), { recursive: true });
    await replace(script);
    const kept = join(folder, 'cache');
    await promisify(execFile)(process.execPath, [join(root, 'scripts', 'keep-code.mjs'), script.path, kept]);
    return [{ path: script.path.replace(/\.cjs$/, '.cache'), contents: await readFile(kept) }];
  } catch {
    process.stderr.write('cutover: its compiled code could not be kept: every command will start a tenth of a second later\n');
    return [];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function withoutLongRunning() {
  const filter = new RegExp(`^\\./commands/(${LONG_RUNNING.join('|')})\\.ts$`);
  return {
    name: 'without-long-running',
    setup({ onResolve }) {
      onResolve({ filter }, ({ path }) => ({ path, external: true }));
    },
  };
}

/**
 * The client's own copy of Temporal's packages is bundled. Code that runs in a worker shares the worker's copy, which
 * finds the current activity through it.
 */
function packages() {
  const isClient = (importer) => importer.includes('/node_modules/') || relative(source(''), importer).startsWith('client');
  return {
    name: 'packages',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
        const name = path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/');
        return BUNDLED.includes(name) || isClient(importer) ? undefined : { path, external: true };
      });
    },
  };
}

function withShebang(path, contents) {
  if (!EXECUTABLE.includes(relative(dist, path))) return contents;
  return Buffer.concat([Buffer.from('#!/usr/bin/env node\n'), contents]);
}

async function bundleWorkflows() {
  const { code } = await bundleWorkflowCode({ workflowsPath: source('workflows/index.ts'), logger: new DefaultLogger('WARN') });
  return { path: join(dist, 'workflow-bundle.js'), contents: code };
}

/** Chunks before what imports them; then what no build of these sources has made. */
async function publish(files) {
  const chunks = join(dist, 'chunks');
  await mkdir(chunks, { recursive: true });
  const isChunk = ({ path }) => dirname(path) === chunks;
  for (const file of [...files.filter(isChunk), ...files.filter((one) => !isChunk(one))]) await replace(file);
  const made = new Set(files.map(({ path }) => path));
  const others = (await readdir(chunks)).map((name) => join(chunks, name)).filter((path) => !made.has(path));
  await Promise.all(others.map(removeOld));
}

/** A worker or a `cutover dev` that runs since before this build loads more of its own chunks when it needs them. */
async function removeOld(path) {
  const { mtimeMs } = await stat(path);
  if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { force: true });
}

async function replace({ path, contents }) {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, contents);
  if (EXECUTABLE.includes(relative(dist, path))) await chmod(fresh, 0o755);
  await rename(fresh, path);
}
