/** The addresses that a Service sends users to. */
import type { V1Endpoint } from '@kubernetes/client-node';
import type { Call } from '../types.ts';
import type { Api } from './api.ts';
import { ask } from './ask.ts';

const SERVICE = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
/** Slices that somebody else keeps for the same Service do not follow its selector. */
const CONTROLLER = 'endpointslice-controller.k8s.io';

/** Of each of these Services, all that follows from its selector; one request. */
export async function endpointsOf(call: Call, { discovery, namespace }: Api, services: string[]): Promise<Map<string, V1Endpoint[]>> {
  const labelSelector = `${SERVICE} in (${services.join(',')}),${MANAGED_BY}=${CONTROLLER}`;
  const { items } = await ask(call, { verb: 'list', resource: 'endpointslices', name: namespace }, (options) =>
    discovery.listNamespacedEndpointSlice({ namespace, labelSelector }, options),
  );
  const found = new Map(services.map((service): [string, V1Endpoint[]] => [service, []]));
  for (const { metadata, endpoints } of items) found.get(metadata?.labels?.[SERVICE] ?? '')?.push(...(endpoints ?? []));
  return found;
}

/** Unknown is taken for ready, as kube-proxy does. */
export const getsUsers = ({ conditions }: V1Endpoint): boolean => conditions?.ready !== false;

export const podOf = ({ targetRef }: V1Endpoint): string | null => (targetRef?.kind === 'Pod' ? (targetRef.name ?? null) : null);

/** The names of pods that get users: one with an address of either family is one. */
export const podsIn = (endpoints: readonly V1Endpoint[]): Set<string> =>
  new Set(endpoints.filter(getsUsers).map((endpoint) => podOf(endpoint) ?? endpoint.addresses.join(',')));
