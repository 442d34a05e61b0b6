import { tmpdir } from 'node:os';
import type { Progress } from './artifact.ts';
import { runCommand } from './command.ts';
import { toolFolder } from './folders.ts';

export interface GoBuild {
  /** The version that tools/temporal/go.mod requires: `v1.5.1`. */
  version: string;
  /** The file to make. */
  target: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** What tools/temporal/go.mod asks for. */
const GO_NEEDED = [1, 25] as const;
/** The first Go that can fetch a newer one by itself. */
const GO_WITH_TOOLCHAINS = [1, 21] as const;
const MODULE = 'github.com/temporalio/cli';
/** How many the pinned version has. */
const PACKAGES = 1_300;
const LIMIT_MS = 30 * 60_000;
const LINE_EVERY_MS = 5_000;

/** Builds the temporal CLI, which contains the dev server, from its public Go module. */
export async function buildWithGo(build: GoBuild): Promise<void> {
  const env = await goEnvironment();
  build.progress(
    `building the Temporal dev server (temporal CLI ${build.version}) with Go, once on this machine: two minutes on a quick machine, five on a slow one`,
  );
  const counter = countLines();
  const start = Date.now();
  const lines = setInterval(() => build.progress(`building the Temporal dev server: ${counter.text()}, ${seconds(start)}`), LINE_EVERY_MS);
  try {
    await runCommand(goBuildCommand(build), {
      cwd: toolFolder('temporal'),
      env,
      timeoutMs: LIMIT_MS,
      signal: build.signal,
      onLine: counter.onLine,
    });
  } finally {
    clearInterval(lines);
  }
  build.progress(`built the Temporal dev server in ${seconds(start)}`);
}

const seconds = (start: number): string => `${Math.round((Date.now() - start) / 1000)} s`;

function goBuildCommand({ version, target }: GoBuild): [string, ...string[]] {
  const ldflags = `-s -w -X ${MODULE}/temporalcli.Version=${version.slice(1)}`;
  // -v makes the progress, and lets an orphaned build die when nobody reads it any more.
  return ['go', 'build', '-v', '-mod=readonly', '-trimpath', '-ldflags', ldflags, '-o', target, `${MODULE}/cmd/temporal`];
}

async function goEnvironment(): Promise<NodeJS.ProcessEnv> {
  // For this machine, without a C compiler, and not as a part of a workspace that happens to lie above.
  const { GOOS: _os, GOARCH: _arch, ...rest } = process.env;
  const env = { ...rest, CGO_ENABLED: '0', GOWORK: 'off' };
  const local = await localGo();
  if (atLeast(local, GO_NEEDED)) return env;
  const needed = GO_NEEDED.join('.');
  if (!atLeast(local, GO_WITH_TOOLCHAINS)) throw new Error(`Go ${needed} is needed, ${local.join('.')} is installed`);
  // Some systems install Go with fetching switched off; who sets the variable means it.
  return { ...env, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' };
}

async function localGo(): Promise<[number, number]> {
  const printed = await runCommand(['go', 'env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off' },
    timeoutMs: 30_000,
  });
  const found = /go(\d+)\.(\d+)/.exec(printed);
  if (!found) throw new Error(`go does not say which version it is: ${printed}`);
  return [Number(found[1]), Number(found[2])];
}

const atLeast = ([major, minor]: [number, number], needed: readonly [number, number]): boolean =>
  major > needed[0] || (major === needed[0] && minor >= needed[1]);

function countLines(): { onLine(line: string): void; text(): string } {
  let modules = 0;
  let packages = 0;
  return {
    onLine: (line) => {
      if (line.startsWith('go: downloading ')) modules += 1;
      else packages += 1;
    },
    text: () => (packages === 0 ? `${modules} modules downloaded` : `${packages} of at most ${PACKAGES} packages compiled`),
  };
}
