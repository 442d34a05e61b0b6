import { join } from 'node:path';
import { REGION } from './account.ts';

/**
 * For this process and all that it starts: AWS is what answers at `endpoint`, whatever accounts and profiles the person who
 * runs this has. `folder`: the demo's own.
 */
export function leaveForeignAccounts(endpoint: string, folder: string): void {
  for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_'))) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'demo',
    AWS_SECRET_ACCESS_KEY: 'demo',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Instead of the person's own files, which may name other endpoints: there are no such files.
    AWS_CONFIG_FILE: join(folder, 'aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'aws-credentials'),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
}
