import { join } from 'node:path';

/** Where local providers keep the state and the logs of a service: one folder per service, beside its service file. */
export const stateDir = (service: string, folder: string): string =>
  join(process.env.CUTOVER_STATE_DIR || join(folder, '.cutover'), service);
