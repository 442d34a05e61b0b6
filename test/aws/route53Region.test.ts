import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../contract/routerContract.ts';
import { makeZone } from './route53Zone.ts';
import { useAws } from './support/aws.ts';
import { describeAws } from './support/describeAws.ts';

describeAws('route53 on a worker', () => {
  const aws = useAws();
  afterEach(() => vi.unstubAllEnvs());

  test('without a region works: Route 53 is the same for all of them', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    const zone = await makeZone(aws);
    expect((await (await zone.router()).read(call())).to).toBe('none');
  });
});
