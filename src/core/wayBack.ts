import { refusal } from './decide.ts';
import type { Plan } from './plan.ts';
import { isBusy, type Service } from './record.ts';

/** Where a rollback leads: back within this deployment, or to a deployment of its own. */
type Way = { refused: string } | { way: 'in-place' } | { way: 'redeploy'; plan: Plan };

export function wayBack(service: Service, to: string | null): Way {
  const { deployment, lastSwitch, plan } = service;
  if (deployment === null || plan === null) return { refused: `${service.service} was never deployed` };
  const inPlace = refusal(deployment, { name: 'rollback', to, now: false });
  const flipFlop = deployment.kind === 'rollback' && to === null && deployment.outcome === 'succeeded';
  if (inPlace === null && !flipFlop) return { way: 'in-place' };
  if (isBusy(deployment)) return { refused: inPlace ?? '' };
  if (service.next) return { refused: `${service.next.plan.version} is about to be deployed: abort it when it has begun, then roll back` };
  if (to !== null && to === service.live?.version) return { refused: `users are on ${to} already` };
  if (to !== null) return { way: 'redeploy', plan: { ...(planOf(service, to) ?? plan), version: to } };
  if (lastSwitch === null) return { refused: `${service.service} has nothing to roll back to: users have seen one version only` };
  if (lastSwitch.undone) return { refused: `${lastSwitch.to.version} was rolled back already: users are on ${lastSwitch.from.version}` };
  const from = lastSwitch.from.version;
  if (from === null) return { refused: 'the version before is not known: name it with --to' };
  if (lastSwitch.kind === 'rollback')
    return { refused: `${lastSwitch.to.version} is live because of a rollback: to go to ${from} name it with --to ${from}` };
  return { way: 'redeploy', plan: { ...(lastSwitch.from.plan ?? plan), version: from } };
}

const planOf = ({ lastSwitch }: Service, version: string): Plan | null =>
  [lastSwitch?.from, lastSwitch?.to].find((live) => live?.version === version)?.plan ?? null;
