/** What is wrong with the two Deployments and with what stands around them, found by reading only. */
import type { V1Deployment } from '@kubernetes/client-node';
import { COLORS, type Color } from '../../../../core/plan.ts';
import { attempt } from '../../../attempt.ts';
import type { Call, Finding, InspectionDepth, Targets } from '../../../types.ts';
import { lackingPermissions } from '../../permissions.ts';
import { autoscalersOf } from '../autoscaler.ts';
import { unfit } from '../deployment.ts';
import type { Place } from '../place.ts';
import { autoscalerFindings } from './autoscalers.ts';
import { budgetFindings, readBudgets } from './budgets.ts';
import { containerFindings } from './container.ts';
import { error, warning } from './findings.ts';
import { labelFindings, twinFindings } from './labels.ts';
import { helpful, needed } from './needs.ts';
import { quotaFindings, readQuotas } from './quotas.ts';

export interface Around {
  /** Throws NotFound. */
  read(call: Call, color: Color): Promise<V1Deployment>;
  targets: Targets | null | Promise<Targets | null>;
  depth: InspectionDepth;
}

export async function inspectDeployments(call: Call, place: Place, around: Around): Promise<Finding[]> {
  const { read, depth } = around;
  const findings: Finding[] = [];
  const [blue, green, quotas, autoscalers, budgets, targets, lacking, doubts] = await Promise.all([
    attempt(findings, read(call, 'blue')),
    attempt(findings, read(call, 'green')),
    readQuotas(call, place),
    autoscalersOf(call, place),
    depth === 'all' ? readBudgets(call, place) : [],
    around.targets,
    lackingPermissions(call, place.api(), needed(place)),
    depth === 'all' ? lackingPermissions(call, place.api(), helpful(place)) : [],
  ]);
  findings.push(...lacking, ...doubts.map((doubt): Finding => ({ ...doubt, severity: 'warning' })));
  for (const color of COLORS) {
    const deployment = color === 'blue' ? blue : green;
    if (deployment) findings.push(...ofOne(place, color, deployment, targets));
  }
  if (blue && green) {
    const pair = { blue, green };
    findings.push(
      ...twinFindings(pair),
      ...quotaFindings(quotas, pair),
      ...(await autoscalerFindings(call, place, autoscalers, pair)),
      ...budgetFindings(budgets, pair),
    );
  }
  return findings.filter(({ severity }) => depth === 'all' || severity === 'error');
}

function ofOne(place: Place, color: Color, deployment: V1Deployment, targets: Targets | null): Finding[] {
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
