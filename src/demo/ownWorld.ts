import { join } from 'node:path';

/** The settings with which people reach their own Temporal servers and services: none of them may touch the demo, nor the demo them. */
const FOREIGN = /^(TEMPORAL_|CUTOVER_STATE_DIR$|CUTOVER_TASK_QUEUE$)/;

/** For this process and all that it starts. `folder`: the demo's own. */
export function leaveForeignSettings(folder: string): void {
  for (const name of Object.keys(process.env).filter((name) => FOREIGN.test(name))) delete process.env[name];
  // Instead of the profiles in the user's own file: there is no such file.
  process.env.TEMPORAL_CONFIG_FILE = join(folder, 'temporal.toml');
}
