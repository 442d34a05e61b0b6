import { albRouterOptions } from '../aws/alb/options.ts';
import { defineRouter } from '../types.ts';

export const albRouter = defineRouter({
  type: 'alb',
  description: 'A listener of an Application Load Balancer (or one of its rules), or of a Network Load Balancer, on AWS.',
  options: albRouterOptions,
  healthTimeoutMs: ({ healthTimeout }) => healthTimeout,
  create: async (given, context) => {
    const { createAlbRouter } = await import('../aws/alb/router.ts');
    return createAlbRouter(given, context);
  },
});
