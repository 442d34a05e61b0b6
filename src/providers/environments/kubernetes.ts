import { deploymentOptions } from '../kubernetes/deployment/options.ts';
import { defineEnvironment } from '../types.ts';

/** What an `ensure` needs besides: the requests before and after the wait, and asking why it did not come up. */
const MARGIN_MS = 60_000;

export const kubernetesEnvironment = defineEnvironment({
  type: 'kubernetes',
  description: 'Two Kubernetes Deployments that exist already, one per color: a deployment gives the idle one a new image.',
  options: deploymentOptions,
  deployTimeoutMs: ({ timeout }) => timeout + MARGIN_MS,
  loadAtHome: async () => process.env.KUBERNETES_SERVICE_HOST && import('../kubernetes/deployment/environment.ts'),
  create: async (given, context) => {
    const { createKubernetesEnvironment } = await import('../kubernetes/deployment/environment.ts');
    return createKubernetesEnvironment(given, context);
  },
});
