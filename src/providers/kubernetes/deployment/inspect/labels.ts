/** Whether the pods of each color are those, and only those, that the router sends the color's users to. */
import type { V1Deployment, V1LabelSelector } from '@kubernetes/client-node';
import * as z from 'zod';
import { type Color, otherColor } from '../../../../core/plan.ts';
import type { Finding, Targets } from '../../../types.ts';
import { inText, type Labels } from '../../pods.ts';
import { nameOf } from '../deployment.ts';
import { error, type Pair } from './findings.ts';

/** What routers of Kubernetes say in `targets`. */
const target = z.object({ namespace: z.string(), selector: z.record(z.string(), z.string()) });

type Target = z.infer<typeof target>;

export function labelFindings(color: Color, deployment: V1Deployment, targets: Targets | null): Finding[] {
  const own = targets && parsed(targets[color]);
  const other = targets && parsed(targets[otherColor(color)]);
  // The router is not one of Kubernetes.
  if (!own || !other) return [];
  const of = `the Deployment of ${color}, ${nameOf(deployment)},`;
  const { namespace } = deployment.metadata!;
  if (namespace !== own.namespace)
    return [error(`${of} is not in the namespace of the router, ${own.namespace}`, 'correct router.namespace or environment.namespace')];
  const labels = labelsOf(deployment);
  const missing = Object.entries(own.selector).filter(([key, value]) => labels[key] !== value);
  if (missing.length > 0)
    return [
      error(
        `the pods of ${of} have not the label ${inText(Object.fromEntries(missing))}: the router would send nobody to them`,
        `add it to spec.template.metadata.labels of ${deployment.metadata!.name}, or correct the router's selectorKey`,
      ),
    ];
  if (!fits(labels, other.selector)) return [];
  return [
    error(
      `the pods of ${of} have the labels of ${otherColor(color)}, too (${inText(other.selector)}): users would get both versions`,
      `give the pods of ${color} and ${otherColor(color)} different values of the label that tells them apart`,
    ),
  ];
}

/** Two Deployments that take each other's pods for their own, or that nothing tells apart. */
export function twinFindings({ blue, green }: Pair): Finding[] {
  const both = `the Deployments ${nameOf(blue)} and ${blue.metadata?.namespace === green.metadata?.namespace ? green.metadata?.name : nameOf(green)}`;
  const cure = 'give both, in spec.selector and in spec.template.metadata.labels, a label that differs: color: blue and color: green';
  if (inText(sorted(labelsOf(blue))) === inText(sorted(labelsOf(green))))
    return [error(`${both} give their pods the same labels: nothing can tell the colors apart`, cure)];
  if (selects(blue.spec!.selector, labelsOf(green)) || selects(green.spec!.selector, labelsOf(blue)))
    return [error(`${both} select the same pods: one would count those of the other`, cure)];
  return [];
}

/** As the API server does. */
export function selects({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector, labels: Labels): boolean {
  return (
    fits(labels, matchLabels) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isAmong = value !== undefined && values.includes(value);
      return operator === 'In' ? isAmong : !isAmong;
    })
  );
}

export const labelsOf = ({ spec }: V1Deployment): Labels => spec?.template.metadata?.labels ?? {};

const fits = (labels: Labels, wanted: Labels): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value);

const sorted = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

function parsed(text: string): Target | null {
  try {
    return target.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
