import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTemporalBinary, TEMPORAL_CLI } from '../../src/temporal/binary.ts';

/** Programs in a PATH of their own, and no way to the download service, so that the tests mean the same on every machine. */
let root: string;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cutover-binary-'));
  lines = [];
  await mkdir(join(root, 'bin'));
  vi.stubEnv('PATH', `${join(root, 'bin')}:/usr/bin:/bin`);
  vi.stubEnv('CUTOVER_CACHE_DIR', join(root, 'cache'));
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
  vi.stubEnv('https_proxy', 'http://127.0.0.1:1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

const find = () => findTemporalBinary({ progress: (line) => lines.push(line) });

async function install(name: string, script: string): Promise<string> {
  const path = join(root, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const temporal = (version: string) =>
  `case "$*" in --version) echo "temporal version ${version}";; *) echo "temporal server start-dev [flags]";; esac`;

/** Answers as Go does and leaves a script where the program should be. */
const go = (version: string) => `
if [ "$1" = env ]; then echo go${version}; exit; fi
echo "go: downloading example.org/module v1.0.0" >&2
while [ "$1" != -o ]; do shift; done
cat > "$2" <<'END'
#!/bin/sh
${temporal('1.5.1 (Server 1.29.1, UI 2.42.1)')}
END
chmod +x "$2"`;

/** An empty program stands in for one that is not installed: the machine's own must not be found. */
const hide = (name: string) => install(name, 'echo "not here" >&2; exit 127');

test('a usable temporal on PATH is taken as it is', async () => {
  const path = await install('temporal', temporal('1.6.0 (Server 1.30.0, UI 2.43.0)'));
  expect(await find()).toEqual({ path, version: '1.6.0', from: 'path' });
});

test.each([
  ['too old', temporal('1.1.0 (Server 1.25.0, UI 2.30.0)'), 'its server 1.25 is older than 1.28'],
  ['broken', 'echo "no such library" >&2; exit 126', 'ended with exit code 126'],
  ['another program', 'echo hello', 'does not answer --version as the temporal CLI does'],
])('a temporal on PATH that is %s is passed over, with the reason', async (_what, script, reason) => {
  await install('temporal', script);
  await install('go', go('1.26.8'));
  expect((await find()).from).toBe('build');
  expect(lines.join('\n')).toContain(reason);
});

test('where it cannot be downloaded it is built with Go, and the next time it comes from the cache', async () => {
  await hide('temporal');
  await install('go', go('1.26.8'));
  const path = join(root, 'cache', 'temporal', TEMPORAL_CLI, 'temporal');
  expect(await find()).toEqual({ path, version: '1.5.1', from: 'build' });
  expect(lines.join('\n')).toMatch(/building the Temporal dev server .* with Go, once on this machine: two minutes/);
  expect((await find()).from).toBe('cache');
});

test('a truncated binary in the cache is built again, with a line saying so', async () => {
  await hide('temporal');
  await install('go', go('1.26.8'));
  const { path } = await find();
  const { size } = await stat(path);
  await truncate(path, 10);
  expect((await find()).from).toBe('build');
  expect(lines.join('\n')).toContain(`has 10 bytes instead of ${size}`);
  expect((await stat(path)).size).toBe(size);
});

test('an interrupted build stops and leaves nothing in the cache', async () => {
  await hide('temporal');
  const pidFile = join(root, 'pid');
  await install('go', `if [ "$1" = env ]; then echo go1.26.8; exit; fi\necho $$ > ${pidFile}\nexec sleep 60`);
  const interruption = new AbortController();
  const found = findTemporalBinary({ progress: () => undefined, signal: interruption.signal });
  while (!existsSync(pidFile) || (await readFile(pidFile, 'utf8')) === '') await sleep(20);
  interruption.abort(new Error('interrupted'));
  await expect(found).rejects.toThrow('interrupted');
  expect(await readdir(join(root, 'cache', 'temporal'))).toEqual([]);
  expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow('ESRCH');
});

test('with no way left one error says what was tried, why each failed, and what to install', async () => {
  await hide('temporal');
  await install('go', 'echo go1.26.8; case "$1" in build) echo "no space left on device" >&2; exit 1;; esac');
  const error = await find().catch((thrown) => thrown);
  expect(error.name).toBe('TemporalServerError');
  expect(error.message).toMatch(
    /temporal on PATH[\s\S]*download by the Temporal SDK: [\s\S]*build with Go: [\s\S]*no space left on device/,
  );
  expect(error.message).toContain('Install the temporal CLI');
});

test('a Go that is too old to fetch a newer one is named in the error', async () => {
  await hide('temporal');
  await install('go', go('1.19.8'));
  await expect(find()).rejects.toThrow('build with Go: Go 1.25 is needed, 1.19 is installed');
});

test('a Go that is too old is told to fetch a newer one, and its failure to do so is in the error', async () => {
  await hide('temporal');
  await install(
    'go',
    `${go('1.23.1').split('\n')[1]}\necho "go: download go1.25.0: toolchain not available (GOTOOLCHAIN=$GOTOOLCHAIN)" >&2; exit 1`,
  );
  vi.stubEnv('GOTOOLCHAIN', undefined);
  await expect(find()).rejects.toThrow('go: download go1.25.0: toolchain not available (GOTOOLCHAIN=auto)');
});

test('a cache folder that cannot be written is named in the error', async () => {
  await hide('temporal');
  await writeFile(join(root, 'cache'), 'a file');
  await expect(find()).rejects.toThrow(join(root, 'cache', 'temporal'));
});

test('the version that is built is the one that the Go module file requires', async () => {
  const goMod = await readFile(new URL('../../tools/temporal/go.mod', import.meta.url), 'utf8');
  expect(goMod).toContain(`github.com/temporalio/cli ${TEMPORAL_CLI} `);
});
