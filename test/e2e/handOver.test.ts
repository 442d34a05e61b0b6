import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cutover, connect } from '../../src/client.ts';
import { startDev } from './support/dev.ts';
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

const VERSIONS = ['v1', 'v2', 'v3', 'v4', 'v5'];
/** Each asks again as soon as it has an answer: as often as this machine can. */
const ASKERS = 12;

it('whoever asks for the status while one deployment hands over to the next gets it, always', async () => {
  expect(await service.cutover('deploy', 'v0', '--wait')).toMatchObject({ code: 0 });
  const answers = new Set<string>();
  let over = false;
  const ask = async () => answers.add((await client.status('shop'))?.version ?? 'never deployed');
  const askers = Array.from({ length: ASKERS }, async () => {
    while (!over) await ask();
  });
  for (const version of VERSIONS) {
    const { code, stderr } = await service.cutover('deploy', version, '--wait');
    expect(code, stderr).toBe(0);
    // A question that meets the end of a run is asked again after 2.5 s: a deployment may be over by then.
    await ask();
  }
  over = true;
  await Promise.all(askers);
  expect([...answers]).toEqual(['v0', ...VERSIONS]);
}, 180_000);
