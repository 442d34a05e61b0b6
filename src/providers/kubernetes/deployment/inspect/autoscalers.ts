/** Whether autoscalers let the colors take each other's place. */
import { COLORS, otherColor } from '../../../../core/plan.ts';
import type { Call, Finding } from '../../../types.ts';
import { lackingPermissions } from '../../permissions.ts';
import type { Autoscalers } from '../autoscaler.ts';
import { replicasOf } from '../deployment.ts';
import { type Place, qualified } from '../place.ts';
import { type Pair, warning } from './findings.ts';

export async function autoscalerFindings(call: Call, place: Place, autoscalers: Autoscalers, pair: Pair): Promise<Finding[]> {
  const api = place.api();
  const names = COLORS.flatMap((color) => autoscalers[color]?.metadata?.name ?? []);
  const lacking = await lackingPermissions(
    call,
    api,
    names.map((name) => ({ verb: 'patch', resource: 'horizontalpodautoscalers', name: qualified(api, name) })),
  );
  const tooSmall = COLORS.flatMap((color) => {
    const autoscaler = autoscalers[color];
    const there = replicasOf(pair[otherColor(color)]);
    if (autoscaler === null || there <= autoscaler.spec!.maxReplicas) return [];
    const name = qualified(api, autoscaler.metadata!.name!);
    return [
      warning(
        `the HorizontalPodAutoscaler ${name} allows ${color} ${autoscaler.spec!.maxReplicas} pods at most, and ${otherColor(color)} has ${there}`,
        `raise its maxReplicas to ${there} or more`,
      ),
    ];
  });
  return [...lacking, ...tooSmall];
}
