/** What is wrong with the two Deployments and with what stands around them, found by reading only. */
import type { V1Deployment } from '@kubernetes/client-node';
import { COLORS, type Color } from '../../../../core/plan.ts';
import { attempt } from '../../../attempt.ts';
import type { Call, Finding, InspectionDepth } from '../../../types.ts';
import { lackingPermissions } from '../../permissions.ts';
import { unfit } from '../deployment.ts';
import type { Place } from '../place.ts';
import { autoscalerFindings } from './autoscalers.ts';
import { budgetFindings } from './budgets.ts';
import { containerFindings } from './container.ts';
import { error, type Pair, warning } from './findings.ts';
import { labelFindings, twinFindings } from './labels.ts';
import { helpful, needed } from './needs.ts';
import { quotaFindings } from './quotas.ts';

export interface Around {
  /** Throws NotFound. */
  read(call: Call, color: Color): Promise<V1Deployment>;
  targets: { blue: string; green: string } | null;
  depth: InspectionDepth;
}

export async function inspectDeployments(call: Call, place: Place, { read, targets, depth }: Around): Promise<Finding[]> {
  const findings: Finding[] = [];
  const [blue, green, lacking, doubts] = await Promise.all([
    attempt(findings, read(call, 'blue')),
    attempt(findings, read(call, 'green')),
    lackingPermissions(call, place.api(), needed(place)),
    depth === 'all' ? lackingPermissions(call, place.api(), helpful(place)) : [],
  ]);
  findings.push(...lacking, ...doubts.map((doubt): Finding => ({ ...doubt, severity: 'warning' })));
  for (const color of COLORS) {
    const deployment = color === 'blue' ? blue : green;
    if (deployment) findings.push(...ofOne(place, color, deployment, { targets }));
  }
  if (blue && green) findings.push(...(await ofBoth(call, place, { blue, green }, depth)));
  return findings.filter(({ severity }) => depth === 'all' || severity === 'error');
}

function ofOne(place: Place, color: Color, deployment: V1Deployment, { targets }: Pick<Around, 'targets'>): Finding[] {
  const why = unfit(deployment);
  return [
    ...(why ? [error(why.message, why.cure)] : []),
    ...containerFindings(place, color, deployment),
    ...labelFindings(color, deployment, targets),
    ...strategyFindings(deployment),
  ];
}

const strategyFindings = ({ metadata, spec }: V1Deployment): Finding[] =>
  spec?.strategy?.type === 'Recreate'
    ? [
        warning(
          `the Deployment ${metadata?.namespace}/${metadata?.name} has the strategy Recreate: a new version waits until the last pod of the one before has ended`,
          'set its strategy to RollingUpdate: what ran there before is taken away first in any case',
        ),
      ]
    : [];

async function ofBoth(call: Call, place: Place, pair: Pair, depth: InspectionDepth): Promise<Finding[]> {
  const found = await Promise.all([
    quotaFindings(call, place, pair),
    autoscalerFindings(call, place, pair),
    depth === 'all' ? budgetFindings(call, place, pair) : [],
  ]);
  return [...twinFindings(pair), ...found.flat()];
}
