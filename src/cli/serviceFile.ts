import { dirname, resolve } from 'node:path';
import type { LoadedService } from '../config/load.ts';
import type { Plan } from '../contract.ts';
import type { Context } from './context.ts';

/** Loads and checks the service file; what it warns of is said on standard error. Throws ConfigError. */
export async function loadFile({ file, out }: Context): Promise<LoadedService> {
  const { loadServiceFile } = await import('../config/load.ts');
  const loaded = await loadServiceFile(file);
  for (const warning of loaded.warnings) out.warn(warning);
  return loaded;
}

/** The plan of the service file for a version. Throws ConfigError, or Failure InvalidConfiguration for what is no version. */
export async function planFor(context: Context, version: string): Promise<Plan> {
  const [{ buildPlan }, { parseVersion }] = await Promise.all([import('../plan/build.ts'), import('../plan/version.ts')]);
  const checked = parseVersion(version);
  const { config, folder } = await loadFile(context);
  return buildPlan(config, { version: checked, folder });
}

/** Where relative paths, state and logs of a service file start. */
export const folderOf = (file: string): string => dirname(resolve(file));
