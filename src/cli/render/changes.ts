import type { StatusDocument } from '../../contract.ts';
import { checkLine } from './checks.ts';
import { firstLine } from './firstLine.ts';
import { phaseSentence, phaseWord, possibleCommands } from './phases.ts';
import { smokeTestLine, stepLine } from './status.ts';
import type { Style } from './style.ts';
import { left } from './time.ts';

/** What has changed between two readings, one line for each change: the progress in a log. `before` null: the first reading. */
export function changeLines(before: StatusDocument | null, after: StatusDocument, style: Style, now: number): string[] {
  const other = before !== null && before.deploymentId !== after.deploymentId;
  const past = other ? null : before;
  return [
    ...stepChanges(past, after, style, now),
    ...after.smokeTests.slice(past?.smokeTests.length ?? 0).map((test) => `smoke test ${smokeTestLine(test, style)}`),
    ...checkChanges(past, after, style, now),
    ...after.decisions.slice(past?.decisions.length ?? 0).map((one) => `${one.action} by ${one.by}${one.reason ? `: ${one.reason}` : ''}`),
    ...phaseChanges(past, after, style),
  ];
}

function stepChanges(before: StatusDocument | null, after: StatusDocument, style: Style, now: number): string[] {
  const known = before?.steps ?? [];
  return after.steps
    .filter((step, index) => step.state !== 'running' && known[index]?.state !== step.state)
    .map((step) => `step ${stepLine(step, style, now)}`);
}

function checkChanges(before: StatusDocument | null, after: StatusDocument, style: Style, now: number): string[] {
  const count = (status: StatusDocument | null, name: string): number => {
    const check = status?.monitor?.checks.find((one) => one.name === name);
    return check === undefined ? 0 : check.samples + check.noData;
  };
  const remaining = after.phase === 'monitoring' && after.monitor !== null ? left(after.monitor.endsAt, now) : '';
  return (after.monitor?.checks ?? [])
    .filter((check) => count(after, check.name) !== count(before, check.name))
    .map((check) => `check ${checkLine(check, style)}${remaining === '' ? '' : `, ${remaining}`}`);
}

function phaseChanges(before: StatusDocument | null, after: StatusDocument, style: Style): string[] {
  const same = before !== null && before.phase === after.phase && before.outcome === after.outcome && before.reason === after.reason;
  return same ? [] : phaseLines(after, style);
}

/** Where things stand, and what a person is asked. */
export function phaseLines(status: StatusDocument, style: Style): string[] {
  const sentence = status.phase === 'ended' ? '' : ` ${status.version} ${phaseSentence(status)}`;
  // What a program printed stands with the step that failed.
  const reason = firstLine(status.reason);
  const line = `${phaseWord(status, style)}${sentence}${reason ? `: ${reason}` : ''}`;
  const asks = status.phase === 'needs-intervention' || status.phase === 'awaiting-approval';
  return asks ? [line, ...possibleCommands(status).map((command) => `  ${command}`)] : [line];
}
