import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cutover, connect } from '../../src/client.ts';
import { startDev } from './support/dev.ts';
import { openLoop } from './support/load.ts';
import { Service } from './support/service.ts';

let service: Service;
let client: Cutover;

beforeAll(async () => {
  service = await Service.create({ file: { monitor: { duration: '0s' } } });
  await startDev(service);
  client = await connect({ address: service.address });
});
afterAll(async () => {
  await client?.close();
  await service.discard();
});

it('whoever asks for the status while one deployment hands over to the next gets it, always', async () => {
  expect(await service.cutover('deploy', 'v0', '--wait')).toMatchObject({ code: 0 });
  const asking = openLoop({ perSecond: 100 }, async () => (await client.status('shop'))?.version ?? 'never deployed');
  for (const version of ['v1', 'v2', 'v3', 'v4', 'v5']) {
    const { code, stderr } = await service.cutover('deploy', version, '--wait');
    expect(code, stderr).toBe(0);
  }
  await asking.stop();
  expect(asking.failures).toEqual([]);
  expect([...asking.versions.keys()]).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5']);
});
