import type { Progress } from './artifact.ts';
import { toolFolder } from './folders.ts';
import { buildGoTool } from './goTool.ts';

export interface GoBuild {
  /** The version that tools/temporal/go.mod requires: `v1.5.1`. */
  version: string;
  /** The file to make. */
  target: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

const MODULE = 'github.com/temporalio/cli';
/** How many the pinned version has. */
const PACKAGES = 1_300;

/** Builds the temporal CLI, which contains the dev server, from its public Go module. */
export async function buildWithGo({ version, target, progress, signal }: GoBuild): Promise<void> {
  const ldflags = `-s -w -X ${MODULE}/temporalcli.Version=${version.slice(1)}`;
  await buildGoTool({
    folder: toolFolder('temporal'),
    name: 'the Temporal dev server',
    announcement: `building the Temporal dev server (temporal CLI ${version}) with Go, once on this machine: two minutes on a quick machine, five on a slow one`,
    needs: [1, 25],
    packages: PACKAGES,
    args: ['-ldflags', ldflags, '-o', target, `${MODULE}/cmd/temporal`],
    progress,
    signal,
  });
}
