/** What interface.md promises of phases, outcomes, decisions and the status document, for every transition. */
import type { Phase } from '../../src/contract.ts';
import { possible, refusal } from '../../src/core/decide.ts';
import { phaseOf } from '../../src/core/position.ts';
import { emptyService } from '../../src/core/record.ts';
import { liveColor, type Routing } from '../../src/core/routing.ts';
import type { Event, Result, State, StepFailure } from '../../src/core/state.ts';
import { statusOf } from '../../src/core/status.ts';
import type { Rule } from './rules.ts';

const FOLLOWS: Record<Phase, readonly Phase[]> = {
  queued: ['deploying'],
  deploying: ['testing', 'decommissioning', 'ended'],
  testing: ['awaiting-approval', 'awaiting-window', 'switching', 'decommissioning', 'ended'],
  'awaiting-approval': ['awaiting-window', 'switching', 'decommissioning', 'ended'],
  'awaiting-window': ['switching', 'decommissioning', 'ended'],
  switching: ['monitoring', 'retaining', 'decommissioning', 'ended', 'rolling-back', 'needs-intervention'],
  monitoring: ['retaining', 'ended', 'rolling-back', 'needs-intervention'],
  retaining: ['decommissioning', 'ended', 'rolling-back', 'needs-intervention'],
  decommissioning: ['ended', 'needs-intervention'],
  'rolling-back': ['decommissioning', 'ended', 'needs-intervention'],
  'needs-intervention': ['switching', 'monitoring', 'retaining', 'decommissioning', 'rolling-back', 'ended'],
  ended: ['rolling-back'],
};

export const phasesInOrder: Rule = ({ before, after }) => {
  const from = phaseOf(before.state);
  const to = phaseOf(after.state);
  return from === to || FOLLOWS[from].includes(to) ? null : `from ${from} to ${to}`;
};

const NEVER_SWITCHED = ['rejected', 'aborted', 'superseded', 'failed'];

export const outcomesSettle: Rule = ({ before, after }) => {
  const was = before.state.outcome;
  const is = after.state.outcome;
  const answered = before.state.step.name === 'adopt';
  if (is !== null && was !== is && NEVER_SWITCHED.includes(is) && after.state.switchedAt !== null && !answered)
    return `${is} after the switch`;
  if (was === is || was === null || answered) return null;
  if (is === null) return phaseOf(after.state) === 'rolling-back' ? null : `${was} was forgotten`;
  return is === 'rolled-back' && phaseOf(before.state) === 'rolling-back' ? null : `${was} became ${is}`;
};

/** The router as a result or a failure shows it; undefined when it does not. */
export function routingSeen(event: Event | null): Routing | undefined {
  const ofFailure = ({ found }: StepFailure): Routing | undefined => found ?? undefined;
  const ofResult = (result: Result): Routing | undefined => {
    if (result.of === 'sample') return result.samples.at(-1)?.routing ?? undefined;
    return 'routing' in result ? result.routing : undefined;
  };
  if (event?.type === 'failed') return ofFailure(event.failure);
  return event?.type === 'completed' ? ofResult(event.result) : undefined;
}

export const statusTellsTheTruth: Rule = ({ plan, event, before, after }) => {
  const status = statusOf({ ...emptyService('shop'), plan, deployment: after.state });
  if (status === null) return 'no status';
  const seen = routingSeen(event);
  const expected = seen === undefined ? before.state.liveColor : liveColor(seen);
  if (status.liveColor !== expected) return `says that ${status.liveColor} is live, the router said ${expected}`;
  if (status.phase !== phaseOf(after.state)) return 'another phase';
  if ((status.phase === 'ended') !== (status.endedAt !== null)) return `${status.phase}, ended at ${status.endedAt}`;
  if (status.phase === 'ended' && status.outcome === null) return 'ended without an outcome';
  if (status.phase === 'needs-intervention' && !status.reason) return 'asks a person and does not say why';
  if (status.outcome === 'succeeded' && status.switchedAt === null) return 'succeeded and never switched';
  if (status.actions.some((action) => action !== 'rollback' && !possible(after.state).includes(action))) return 'offers what it refuses';
  return null;
};

export const decisionsTakenOrRefused: Rule = ({ event, before, after }) => {
  if (event?.type !== 'decided') return null;
  const refused = refusal(before.state, event.decision);
  if (refused !== null) return after.state === before.state ? null : `refused (${refused}) and changed something`;
  const changed = (Object.keys(after.state) as (keyof State)[]).some(
    (key) => !['decisions', 'trail', 'steps'].includes(key) && after.state[key] !== before.state[key],
  );
  return changed ? null : `${event.decision.name} was taken and changed nothing`;
};

/** Unless making it whole failed, which is said, or somebody else moved them to where nothing runs. */
export const wholeAgain: Rule = ({ event, before, after }) => {
  const { from, semantics } = before.state;
  const back = phaseOf(before.state) === 'rolling-back' || before.state.step.name === 'make-whole';
  if (semantics < 2 || from === null || !back || after.state.step.name !== 'drain-new' || event?.type === 'failed') return null;
  const { capacity } = after.world[from.color];
  return capacity === 0 || capacity >= from.capacity ? null : `users are back on ${capacity} copies, they had ${from.capacity}`;
};

export const PROMISES: readonly [string, Rule][] = [
  ['Phases follow each other only as documented', phasesInOrder],
  ['An outcome is settled once, and becomes another only by a rollback or by what a person says', outcomesSettle],
  ['The status tells what the router said when it was last read, and an ended deployment has an outcome', statusTellsTheTruth],
  ['Users who are back have all the copies that they had, before anything is tidied up', wholeAgain],
  ['A decision that is taken changes the state, one that is refused changes nothing', decisionsTakenOrRefused],
];

/** All that there is to say of what was refused. */
export const REFUSALS = PROMISES.filter(([, rule]) => rule === decisionsTakenOrRefused);
