/** PodDisruptionBudgets that take both colors for one. */
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { Call, Finding } from '../../../types.ts';
import { ask } from '../../ask.ts';
import type { Place } from '../place.ts';
import { orNone, type Pair, warning } from './findings.ts';
import { labelsOf, selects } from './labels.ts';

export async function readBudgets(call: Call, place: Place): Promise<V1PodDisruptionBudget[]> {
  const { policy, namespace } = place.api();
  const listed = ask(call, { verb: 'list', resource: 'poddisruptionbudgets', name: namespace }, (options) =>
    policy.listNamespacedPodDisruptionBudget({ namespace }, options),
  );
  return orNone(listed.then(({ items }) => items));
}

export function budgetFindings(budgets: V1PodDisruptionBudget[], { blue, green }: Pair): Finding[] {
  return budgets.flatMap(({ metadata, spec }) => {
    const selector = spec?.selector;
    if (!selector || !selects(selector, labelsOf(blue)) || !selects(selector, labelsOf(green))) return [];
    return [
      warning(
        `the PodDisruptionBudget ${metadata?.namespace}/${metadata?.name} covers both colors: while both run, pods that no users are on make up for those that users are on when a node is drained`,
        'make one for each color: add the label that tells them apart to its selector',
      ),
    ];
  });
}
