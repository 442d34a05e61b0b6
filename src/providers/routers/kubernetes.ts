import { serviceRouterOptions } from '../kubernetes/service/options.ts';
import { defineRouter } from '../types.ts';

export const kubernetesRouter = defineRouter({
  type: 'kubernetes',
  description: 'A Service of Kubernetes whose selector picks the color.',
  options: serviceRouterOptions,
  healthTimeoutMs: ({ healthTimeout }) => healthTimeout,
  // Its EndpointSlices follow in a moment; nothing that was handed out has to expire.
  spreadMs: () => 0,
  prepares: ({ previewService }) => previewService !== undefined,
  readyWhenDeployedBy: 'kubernetes',
  countsConnections: false,
  create: async (given, context) => {
    const { createServiceRouter } = await import('../kubernetes/service/router.ts');
    return createServiceRouter(given, context);
  },
});
