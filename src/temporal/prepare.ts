import type { ArtifactOptions } from './artifact.ts';
import { findTemporalBinary, type TemporalBinary } from './binary.ts';

/** Has a Temporal dev server ready to be started, and tells which one it is. Run by what starts one, before anything else. */
export async function prepareTemporal(progress: (line: string) => void, signal?: AbortSignal): Promise<TemporalBinary> {
  const options: ArtifactOptions = { progress, signal };
  const binary = await findTemporalBinary(options);
  if (binary.from !== 'cache') progress(`using the temporal CLI ${binary.version} at ${binary.path}`);
  return binary;
}
