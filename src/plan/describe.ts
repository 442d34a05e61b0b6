/** What a deployment of a plan would do, in words: for people before it runs, and for `plan -o json`. Pure. */
import type { Finding, Observed } from '../contract.ts';
import { otherColor, type Plan } from '../core/plan.ts';
import { liveColor } from '../core/routing.ts';
import { afterSwitch } from './afterSwitch.ts';
import { beforeSwitch } from './beforeSwitch.ts';
import type { PlanDescription, Situation } from './description.ts';
import { warningsOf } from './warnings.ts';

/** `observed` null: nobody looked at the router, so that colors are not named. */
export function describePlan(plan: Plan, observed: Observed | null): PlanDescription {
  const situation = situationOf(observed);
  const isForeign = observed?.routing.to === 'other';
  const { from, to, firstDeployment } = situation;
  return {
    service: plan.service,
    version: plan.version,
    from,
    to,
    firstDeployment,
    steps: isForeign ? [] : [...beforeSwitch(plan, situation), ...afterSwitch(plan, situation)],
    obstacles: [
      ...(isForeign ? [`the router sends users to neither blue nor green: ${observed.routing.summary}`] : []),
      ...found(observed, 'error'),
    ],
    warnings: [...warningsOf(plan, situation), ...found(observed, 'warning')],
  };
}

const found = (observed: Observed | null, severity: Finding['severity']): string[] =>
  (observed?.findings ?? []).filter((finding) => finding.severity === severity).map(({ message, cure }) => `${message}: ${cure}`);

/** The lines that `cutover plan` prints. */
export function planLines(description: PlanDescription): string[] {
  const { service, version, steps, obstacles, warnings } = description;
  return [
    `${service} ${version}: ${headline(description)}`,
    '',
    ...steps.flatMap(({ text, details }, index) => [
      `${String(index + 1).padStart(3)}. ${text}`,
      ...details.map((detail) => `       ${detail}`),
    ]),
    ...obstacles.map((obstacle) => `cannot run: ${obstacle}`),
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `warning: ${warning}`)] : []),
  ];
}

function headline({ from, to, firstDeployment, obstacles, version }: PlanDescription): string {
  if (obstacles.length > 0) return 'would be refused';
  if (firstDeployment) return `nothing is live, the first deployment goes to ${to}`;
  if (from === null) return 'the live color was not looked at';
  return `users are on ${from.color} (${from.version ?? 'version unknown'}), ${version} goes to ${to}`;
}

function situationOf(observed: Observed | null): Situation {
  const live = observed ? liveColor(observed.routing) : null;
  const firstDeployment = observed?.routing.to === 'none';
  if (observed === null || live === null) return { observed, from: null, to: firstDeployment ? 'blue' : null, firstDeployment };
  const { version, capacity } = observed[live];
  return { observed, from: { color: live, version, capacity }, to: otherColor(live), firstDeployment };
}
