import * as z from 'zod';
import { Failure } from '../../core/failure.ts';
import { defineRouter } from '../types.ts';
import { isLoopback, parseAddress, urlOf } from './local/address.ts';

const listenAddress = z.string().refine((text) => (parseAddress(text)?.port ?? 0) > 0, 'expected host:port, e.g. 127.0.0.1:8080');

const loopbackAddress = listenAddress.refine((text) => isLoopback(parseAddress(text)?.host ?? ''), {
  message: 'expected an address of this machine only, e.g. 127.0.0.1:9090',
  when: ({ issues }) => issues.length === 0,
});

export const localRouter = defineRouter({
  type: 'local',
  description: 'A reverse proxy on this machine, run by `cutover router` or `cutover dev`.',
  options: z.object({
    listen: listenAddress.default('127.0.0.1:8080').describe('The address that users connect to.'),
    metricsListen: loopbackAddress.optional().describe('An address of this machine where Prometheus can read /metrics.'),
  }),
  frontUrl: ({ listen }) => urlOf(parseAddress(listen)!),
  async create(_options, { service, stateDir, endpoints }) {
    const [{ RouterAdmin }, { routingOf }] = await Promise.all([import('./local/admin.ts'), import('./local/routing.ts')]);
    const admin = new RouterAdmin(stateDir, service);
    return {
      read: async ({ signal }) => routingOf(await admin.routing(signal)),
      async write({ signal }, { to, from }) {
        const upstream = endpoints[to];
        if (upstream === null) throw new Failure('InvalidConfiguration', `nobody knows where ${to} answers: set endpoints.${to}`);
        await admin.change({ to, upstream, from }, signal);
      },
      openConnections: async ({ signal }, color) => (await admin.counters(signal))[color].open,
    };
  },
});
