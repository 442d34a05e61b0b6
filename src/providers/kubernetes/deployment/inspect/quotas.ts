/** Whether there is room for the second color. */
import type { V1Container, V1Deployment, V1ResourceQuota } from '@kubernetes/client-node';
import { COLORS, type Color, otherColor } from '../../../../core/plan.ts';
import type { Call, Finding } from '../../../types.ts';
import { ask } from '../../ask.ts';
import { replicasOf } from '../deployment.ts';
import type { Place } from '../place.ts';
import { error, orNone, type Pair } from './findings.ts';
import { quantity } from './quantity.ts';

export async function readQuotas(call: Call, place: Place): Promise<V1ResourceQuota[]> {
  const { core, namespace } = place.api();
  const listed = ask(call, { verb: 'list', resource: 'resourcequotas', name: namespace }, (options) =>
    core.listNamespacedResourceQuota({ namespace }, options),
  );
  return orNone(listed.then(({ items }) => items));
}

export function quotaFindings(quotas: V1ResourceQuota[], pair: Pair): Finding[] {
  return COLORS.flatMap((color) => quotas.flatMap((quota) => tooSmall(quota, color, pair)));
}

/** Whether a color could not have as many pods as the other one has. Those that it has now go first. */
function tooSmall({ metadata, spec, status }: V1ResourceQuota, color: Color, pair: Pair): Finding[] {
  const more = replicasOf(pair[otherColor(color)]) - replicasOf(pair[color]);
  // A quota with scopes counts some pods only.
  if (more <= 0 || spec?.scopes?.length || spec?.scopeSelector) return [];
  const lacks = Object.entries(status?.hard ?? {}).filter(
    ([resource, hard]) => quantity(status?.used?.[resource] ?? '0') + more * perPod(pair[color], resource) > quantity(hard),
  );
  return lacks.map(([resource, hard]) =>
    error(
      `the ResourceQuota ${metadata?.namespace}/${metadata?.name} allows ${resource} ${hard}, and ${status?.used?.[resource] ?? 0} is used: ` +
        `${color} could not have the ${replicasOf(pair[otherColor(color)])} pods that ${otherColor(color)} has`,
      `raise ${resource} of the quota: both colors run at the same time until the old one is scaled down`,
    ),
  );
}

/** How much of a quota one pod takes; 0 of what pods do not take. */
function perPod({ spec }: V1Deployment, resource: string): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const asked = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource);
  if (!asked) return 0;
  const [, kind = 'requests', name = ''] = asked;
  const of = ({ resources }: V1Container): number => {
    const limit = resources?.limits?.[name];
    return quantity((kind === 'limits' ? limit : (resources?.requests?.[name] ?? limit)) ?? '0');
  };
  const { containers = [], initContainers = [] } = spec?.template.spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const together = [...containers, ...sidecars].reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...initContainers.map(of));
}
