import { longestTtlMs, route53Options } from '../aws/route53/options.ts';
import { defineRouter } from '../types.ts';

export const route53Router = defineRouter({
  type: 'route53',
  description:
    'A DNS record of Route 53 points to one color. Users follow within its TTL; resolvers and clients may hold an older answer longer.',
  options: route53Options,
  switchTimeoutMs: () => 30_000,
  spreadMs: longestTtlMs,
  countsConnections: false,
  create: async (options) => {
    const { createRoute53Router } = await import('../aws/route53/router.ts');
    return createRoute53Router(options);
  },
});
