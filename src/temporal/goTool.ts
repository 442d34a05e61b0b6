import { tmpdir } from 'node:os';
import type { Progress } from './artifact.ts';
import { runCommand } from './command.ts';

/** Programs that are built with Go, as a go.mod pins them. */
export interface GoTool {
  /** Where the go.mod lies. */
  folder: string;
  /** What progress lines call it. */
  name: string;
  /** The first line: what is built, and how long that takes. Said where Go is there. */
  announcement: string;
  /** The Go that its go.mod asks for: major and minor. */
  needs: GoVersion;
  /** How many packages it has, for the progress. */
  packages: number;
  /** What follows `go build`, besides the flags that every build has. */
  args: readonly string[];
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export type GoVersion = readonly [major: number, minor: number];

/** The first Go that can fetch a newer one by itself. */
const GO_WITH_TOOLCHAINS: GoVersion = [1, 21];
const LIMIT_MS = 30 * 60_000;
const LINE_EVERY_MS = 5_000;

/**
 * Builds them, with a line of progress every few seconds.
 * @throws Error where Go is missing or too old, or with the end of what it printed.
 */
export async function buildGoTool(tool: GoTool): Promise<void> {
  const env = await goEnvironment(tool.needs);
  tool.progress(tool.announcement);
  const counter = countLines(tool.packages);
  const start = Date.now();
  const lines = setInterval(() => tool.progress(`building ${tool.name}: ${counter.text()}, ${seconds(start)}`), LINE_EVERY_MS);
  try {
    // -v makes the progress, and lets an orphaned build die when nobody reads it any more.
    await runCommand(['go', 'build', '-v', '-mod=readonly', '-trimpath', ...tool.args], {
      cwd: tool.folder,
      env,
      timeoutMs: LIMIT_MS,
      signal: tool.signal,
      onLine: counter.onLine,
    });
  } finally {
    clearInterval(lines);
  }
  tool.progress(`built ${tool.name} in ${seconds(start)}`);
}

const seconds = (start: number): string => `${Math.round((Date.now() - start) / 1000)} s`;

/** @throws Error where there is no Go, or none that can become the one that is needed. */
export async function goEnvironment(needs: GoVersion): Promise<NodeJS.ProcessEnv> {
  // For this machine, without a C compiler, and not as a part of a workspace that happens to lie above.
  const { GOOS: _os, GOARCH: _arch, ...rest } = process.env;
  const env = { ...rest, CGO_ENABLED: '0', GOWORK: 'off' };
  const local = await localGo();
  if (atLeast(local, needs)) return env;
  const needed = needs.join('.');
  if (!atLeast(local, GO_WITH_TOOLCHAINS)) throw new Error(`Go ${needed} is needed, ${local.join('.')} is installed`);
  // Some systems install Go with fetching switched off; who sets the variable means it.
  return { ...env, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' };
}

async function localGo(): Promise<GoVersion> {
  const printed = await runCommand(['go', 'env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off' },
    timeoutMs: 30_000,
  });
  const found = /go(\d+)\.(\d+)/.exec(printed);
  if (!found) throw new Error(`go does not say which version it is: ${printed}`);
  return [Number(found[1]), Number(found[2])];
}

const atLeast = ([major, minor]: GoVersion, needed: GoVersion): boolean => major > needed[0] || (major === needed[0] && minor >= needed[1]);

function countLines(most: number): { onLine(line: string): void; text(): string } {
  let modules = 0;
  let packages = 0;
  return {
    onLine: (line) => {
      if (line.startsWith('go: downloading ')) modules += 1;
      else packages += 1;
    },
    text: () => (packages === 0 ? `${modules} modules downloaded` : `${packages} of at most ${most} packages compiled`),
  };
}
