/** What the worker's Role has to allow for this environment. */
import { COLORS } from '../../../../core/plan.ts';
import type { Asked } from '../../resources.ts';
import { deploymentName, type Place, qualified } from '../place.ts';

/** Without these nothing can be deployed. Whether a Deployment may be read is known from reading it. */
export function needed(place: Place): Asked[] {
  const api = place.api();
  const deployments = COLORS.map((color) => qualified(api, deploymentName(place, color)));
  return [
    ...deployments.map((name): Asked => ({ verb: 'patch', resource: 'deployments', name })),
    { verb: 'list', resource: 'pods', name: api.namespace },
    { verb: 'list', resource: 'replicasets', name: api.namespace },
  ];
}

/** Without these less is known, or said. */
export function helpful(place: Place): Asked[] {
  const api = place.api();
  const { namespace: name } = api;
  const deployments = COLORS.map((color) => qualified(api, deploymentName(place, color)));
  return [
    ...deployments.map((deployment): Asked => ({ verb: 'watch', resource: 'deployments', name: deployment })),
    { verb: 'list', resource: 'horizontalpodautoscalers', name },
    { verb: 'list', resource: 'events', name },
    { verb: 'get', resource: 'pods/log', name },
    { verb: 'list', resource: 'resourcequotas', name },
    { verb: 'list', resource: 'poddisruptionbudgets', name },
  ];
}
