import { routeRouterOptions } from '../kubernetes/route/options.ts';
import { defineRouter } from '../types.ts';

export const gatewayRouter = defineRouter({
  type: 'gateway',
  description: 'The weights of the backends of an HTTPRoute (Gateway API).',
  options: routeRouterOptions,
  healthTimeoutMs: ({ healthTimeout }) => healthTimeout,
  // The controllers of its Gateways say when they have taken it over; nothing that was handed out has to expire.
  spreadMs: () => 0,
  prepares: () => false,
  countsConnections: false,
  create: async (given, context) => {
    const { createRouteRouter } = await import('../kubernetes/route/router.ts');
    return createRouteRouter(given, context);
  },
});
