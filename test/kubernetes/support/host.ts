/** One `cutover dev` for all tests of a file: its worker carries out the deployments of their shops. */
import { afterAll, beforeAll } from 'vitest';
import { type Dev, startDev } from '../../e2e/support/dev.ts';
import { Service } from '../../e2e/support/service.ts';

export interface Host {
  readonly service: Service;
  readonly dev: Dev;
}

/** There before what a file itself does in beforeAll, and until after what it does in afterAll. */
export function useHost(): Host {
  let service: Service | undefined;
  let dev: Dev | undefined;
  beforeAll(async () => {
    service = await Service.create({ name: 'host' });
    dev = await startDev(service);
  });
  afterAll(() => service?.discard());
  return {
    get service() {
      return service!;
    },
    get dev() {
      return dev!;
    },
  };
}
