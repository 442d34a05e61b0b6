/** The container whose image is replaced. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { Color } from '../../../../core/plan.ts';
import type { Finding } from '../../../types.ts';
import { versionIn } from '../../../versionTemplate.ts';
import { findContainer, nameOf, replicasOf } from '../deployment.ts';
import type { Place } from '../place.ts';
import { error, warning } from './findings.ts';

export function containerFindings({ options, image, env }: Place, color: Color, deployment: V1Deployment): Finding[] {
  const of = `the Deployment ${nameOf(deployment)}`;
  const container = findContainer(deployment, options.container);
  if (!container) {
    const names = deployment.spec?.template.spec?.containers.map(({ name }) => name).join(', ');
    return [error(`${of} has no container ${JSON.stringify(options.container)} (it has: ${names})`, 'correct environment.container')];
  }
  const findings: Finding[] = [];
  const clash = container.env?.find(({ name, valueFrom }) => valueFrom !== undefined && Object.hasOwn(env, name));
  if (clash)
    findings.push(
      error(
        `environment.env sets ${clash.name}, which the container ${container.name} of ${of} takes from somewhere else (valueFrom)`,
        `take ${clash.name} out of environment.env, or out of the manifest`,
      ),
    );
  if (!container.readinessProbe)
    findings.push(
      warning(
        `the container ${container.name} of ${of} has no readiness probe: its pods are taken for ready as soon as they run`,
        'add a readinessProbe that says when it can serve users',
      ),
    );
  if (replicasOf(deployment) > 0 && versionIn(image, container.image ?? '', color) === null)
    findings.push(
      warning(
        `the image of ${color}, ${container.image} in ${of}, is not one of ${image}: its version is not known from it`,
        'correct environment.image, or set identity, which says it',
      ),
    );
  return findings;
}
