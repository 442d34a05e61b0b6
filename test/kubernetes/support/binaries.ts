/** The programs of a Kubernetes control plane, built with Go once per machine into the user's cache. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactOptions, cachedArtifact } from '../../../src/temporal/artifact.ts';
import { runCommand } from '../../../src/temporal/command.ts';
import { messageOf } from '../../../src/temporal/errors.ts';
import { cacheFolder, toolFolder } from '../../../src/temporal/folders.ts';
import { buildGoTool, type GoVersion, goEnvironment } from '../../../src/temporal/goTool.ts';

/** What tools/kubernetes/go.mod requires. */
export const KUBERNETES = 'v1.36.3';

const NEEDS_GO: GoVersion = [1, 26];
/** How many the pinned versions have. */
const PACKAGES = 2_800;
const CHECK_MS = 60_000;

const PACKAGE_OF = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
} as const;

export type Program = keyof typeof PACKAGE_OF;

/** The Gateway API's definitions that are installed, of its standard channel. */
const DEFINITIONS = ['gatewayclasses', 'gateways', 'httproutes', 'referencegrants'].map((name) => `gateway.networking.k8s.io_${name}.yaml`);

/**
 * The folder that has them, and the Gateway API's definitions in `crds/`. Builds them where they are not in the cache; one process
 * does, others wait.
 * @throws Error in one line and the end of what Go printed.
 */
export async function kubernetesBinaries(options: ArtifactOptions): Promise<string> {
  const folder = await folderInCache();
  await cachedArtifact(
    {
      name: `the Kubernetes control plane ${KUBERNETES}`,
      folder,
      // Hundreds of megabytes: that they run has to do.
      compare: 'nothing',
      check,
      make: (empty) => make(empty, options),
    },
    options,
  );
  return folder;
}

/** One per list of modules: programs that somebody runs are never changed. */
async function folderInCache(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(await readFile(join(toolFolder('kubernetes'), name)));
  return join(cacheFolder(), 'kubernetes', `${KUBERNETES}-${hash.digest('hex').slice(0, 8)}`);
}

async function check(folder: string): Promise<void> {
  const version = (program: Program) => [join(folder, program), ...(program === 'kubectl' ? ['version', '--client'] : ['--version'])];
  const programs = Object.keys(PACKAGE_OF) as Program[];
  await Promise.all(programs.map((program) => runCommand(version(program) as [string], { timeoutMs: CHECK_MS })));
  await Promise.all(DEFINITIONS.map((name) => readFile(join(folder, 'crds', name))));
}

async function make(folder: string, options: ArtifactOptions): Promise<'build'> {
  try {
    await build(folder, options);
    // Go names a program after the last part of its package.
    await rename(join(folder, 'server'), join(folder, 'etcd'));
    await copyDefinitions(folder, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Error(`the Kubernetes control plane ${KUBERNETES} could not be built: ${cure(messageOf(error))}`);
  }
  return 'build';
}

const cure = (why: string): string =>
  why === 'go was not found' ? `Go ${NEEDS_GO.join('.')} or newer is needed and not installed (https://go.dev/dl)` : why;

function build(folder: string, options: ArtifactOptions): Promise<void> {
  // Programs made without a release's script call themselves v0.0.0, at which clients stumble.
  const stamps = {
    'k8s.io/component-base/version.gitVersion': KUBERNETES,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': KUBERNETES.split('.')[1],
    'k8s.io/component-base/version.gitTreeState': 'archive',
    'k8s.io/client-go/pkg/version.gitVersion': KUBERNETES,
  };
  const ldflags = ['-s', '-w', ...Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
  return buildGoTool({
    folder: toolFolder('kubernetes'),
    name: 'the Kubernetes control plane',
    announcement: `building a Kubernetes control plane (${KUBERNETES}) with Go, once on this machine: six minutes on two cores, ten on busy ones…`,
    needs: NEEDS_GO,
    packages: PACKAGES,
    // All at once, so that what they share is compiled once.
    args: ['-ldflags', ldflags, '-o', `${folder}/`, ...Object.values(PACKAGE_OF)],
    ...options,
  });
}

/** The definitions come with the module, which `go build` has no reason to download. */
async function copyDefinitions(folder: string, { signal }: ArtifactOptions): Promise<void> {
  const go = async (args: string[]) =>
    runCommand(['go', ...args, 'sigs.k8s.io/gateway-api'], {
      cwd: toolFolder('kubernetes'),
      env: await goEnvironment(NEEDS_GO),
      timeoutMs: CHECK_MS,
      signal,
    });
  await go(['mod', 'download']);
  const module = await go(['list', '-mod=readonly', '-m', '-f', '{{.Dir}}']);
  await mkdir(join(folder, 'crds'));
  for (const name of DEFINITIONS) await copyFile(join(module, 'config', 'crd', 'standard', name), join(folder, 'crds', name));
}
