import { formatDuration } from '../core/duration.ts';
import { type Check, isPrepared, type Plan } from '../core/plan.ts';
import type { PlannedStep, Situation } from './description.ts';

/** The switch, and all that follows. */
export function afterSwitch(plan: Plan, situation: Situation): PlannedStep[] {
  const { confirm } = plan.switch;
  return [
    switchUsers(plan, situation),
    ...(plan.router.spreadMs === undefined ? [] : [spread(plan.router.spreadMs)]),
    ...(confirm ? [confirmation(plan, confirm, situation)] : []),
    ...(plan.monitor.durationMs > 0 ? [monitor(plan, situation)] : []),
    ...(situation.firstDeployment ? [] : oldColor(plan, situation)),
    ...(isPrepared(plan) && !situation.firstDeployment && plan.retention.then === 'remove' ? [settle(plan, situation)] : []),
  ];
}

const wayBack = ({ firstDeployment }: Situation): string => (firstDeployment ? 'a person is asked: there is no way back' : 'rolls back');

function switchUsers(plan: Plan, { from, to, firstDeployment }: Situation): PlannedStep {
  const colors = from && to ? `${from.color} → ${to}` : firstDeployment ? `nobody → ${to}` : 'live color → idle color';
  return { name: 'switch', text: `switch all users: ${colors} (${plan.router.type})`, details: [] };
}

const spread = (spreadMs: number): PlannedStep => ({
  name: 'spread',
  text: `wait until the change is everywhere${spreadMs > 0 ? `, then ${formatDuration(spreadMs)} until answers handed out before have expired` : ''}`,
  details: spreadMs > 0 ? ['who keeps an answer longer than that comes later: the old color is drained before it goes'] : [],
});

const settle = ({ router }: Plan, { to }: Situation): PlannedStep => ({
  name: 'settle',
  text: `leave ${router.type} with ${to ?? 'the new color'} alone`,
  details: [],
});

function confirmation(plan: Plan, confirm: NonNullable<Plan['switch']['confirm']>, situation: Situation): PlannedStep {
  const answers = plan.identity ? `answers of ${plan.version}` : '2xx answers';
  const text = `confirm at ${confirm.url}: ${confirm.consecutive} ${answers} in a row`;
  return { name: 'confirm', text, details: [`not within ${formatDuration(confirm.timeoutMs)}: ${wayBack(situation)}`] };
}

function monitor({ monitor: { durationMs, intervalMs, checks } }: Plan, situation: Situation): PlannedStep {
  const samples = Math.ceil(durationMs / intervalMs);
  const text = `monitor for ${formatDuration(durationMs)}: ${samples} sample${samples === 1 ? '' : 's'}, one each ${formatDuration(intervalMs)}`;
  const bounds = checks.map((check) => `${describeCheck(check)}; else ${wayBack(situation)}`);
  return { name: 'monitor', text, details: bounds.length > 0 ? bounds : ['no checks: the window only gives people time'] };
}

function describeCheck({ name, source, max, min, failureLimit, noData, minSamples }: Check): string {
  const bounds = [max === null ? [] : [`at most ${max}`], min === null ? [] : [`at least ${min}`]].flat().join(' and ');
  const rules = [
    ...(failureLimit > 0 ? [`${failureLimit} failed samples forgiven`] : []),
    ...(noData === 'ignore' ? [] : [`no data: ${noData}`]),
    ...(minSamples > 0 ? [`needs ${minSamples} samples with data`] : []),
  ];
  return [`${name} (${source.type}) ${bounds}`, ...rules].join(', ');
}

function oldColor({ retention: { durationMs, capacity, then }, switch: { drainMs } }: Plan, { from }: Situation): PlannedStep[] {
  const old = from?.color ?? 'the old color';
  const drained = drainMs > 0 ? [`its open connections get at most ${formatDuration(drainMs)} to end before it is changed`] : [];
  const isRetained = durationMs > 0 || then === 'keep';
  const kept = capacity === 'keep' ? 'as it is' : `at capacity ${capacity}`;
  const retain: PlannedStep = {
    name: 'retain',
    text:
      then === 'keep'
        ? `keep ${old} ${kept}, for a rollback at any time`
        : `keep ${old} ${kept} for ${formatDuration(durationMs)}, for an instant rollback`,
    details: drained,
  };
  const remove: PlannedStep = { name: 'remove-old', text: `remove ${old}`, details: isRetained ? [] : drained };
  return [...(isRetained ? [retain] : []), ...(then === 'remove' ? [remove] : [])];
}
