import type { SmokeTestStatus, StatusDocument, StepStatus } from '../../contract.ts';
import { checkLine } from './checks.ts';
import { phaseSentence, phaseWord, possibleCommands } from './phases.ts';
import type { Style } from './style.ts';
import { between, clock, left } from './time.ts';

const MARKS = { running: '●', done: '✔', failed: '✗', skipped: '–' } as const;

/** The status document for a person; `now` in epoch ms. */
export function statusLines(status: StatusDocument, style: Style, now: number): string[] {
  return [
    headline(status, style),
    ...indent([phaseLine(status, now), usersLine(status), ...reasonLines(status, style)].filter((line) => line !== '')),
    ...indent(status.steps.map((step) => stepLine(step, style, now))),
    ...section(
      'smoke tests',
      status.smokeTests.map((test) => smokeTestLine(test, style)),
      style,
    ),
    ...section(
      'checks',
      (status.monitor?.checks ?? []).map((check) => checkLine(check, style)),
      style,
    ),
    ...section(
      'queue',
      status.queue.map((waiting) => `${waiting.version} (${waiting.requestedBy})`),
      style,
    ),
    ...section('decisions', status.decisions.map(decisionLine), style),
    ...section('you can', possibleCommands(status), style),
  ];
}

function headline(status: StatusDocument, style: Style): string {
  const what = status.kind === 'rollback' ? `back to ${status.version}` : status.version;
  const from = status.previousVersion === null ? '' : style.dim(` (before: ${status.previousVersion})`);
  return `${style.bold(status.service)} ${what}${from}  ${phaseWord(status, style)}`;
}

function phaseLine(status: StatusDocument, now: number): string {
  const elapsed = between(status.startedAt, status.endedAt, now);
  const time = status.endedAt === null ? `for ${elapsed}` : `took ${elapsed}`;
  const sentence = status.phase === 'ended' ? '' : `${status.version} ${phaseSentence(status)}, `;
  const remaining = left(status.monitor !== null && status.phase === 'monitoring' ? status.monitor.endsAt : status.until, now);
  return `${sentence}${time}${remaining === '' ? '' : `, ${remaining}`}, by ${status.requestedBy}`;
}

function usersLine(status: StatusDocument): string {
  return `users are on ${live(status) ?? 'no color that is known'}`;
}

/** `green (v2)`: what users are on; null where that is not known. */
export function live(status: StatusDocument): string | null {
  if (status.liveColor === null) return null;
  const version = { [status.color ?? '']: status.version, [status.previousColor ?? '']: status.previousVersion }[status.liveColor];
  return `${status.liveColor}${version ? ` (${version})` : ''}`;
}

const reasonLines = (status: StatusDocument, style: Style): string[] =>
  (status.reason ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => style.yellow(line));

/** `✔ deploy 12s  ready` */
export function stepLine(step: StepStatus, style: Style, now: number): string {
  const paint = { running: style.cyan, done: style.green, failed: style.red, skipped: style.dim }[step.state];
  const time = step.state === 'skipped' ? '' : style.dim(between(step.startedAt, step.endedAt, now));
  return [paint(MARKS[step.state]), step.name, time, step.detail ?? ''].filter((part) => part !== '').join(' ');
}

export const smokeTestLine = (test: SmokeTestStatus, style: Style): string =>
  `${test.passed ? style.green('✔') : style.red('✗')} ${test.name} ${style.dim(test.detail)}`;

const decisionLine = (decision: StatusDocument['decisions'][number]): string =>
  `${clock(Date.parse(decision.at))} ${decision.action} by ${decision.by}${decision.reason ? `: ${decision.reason}` : ''}`;

const indent = (lines: string[]): string[] => lines.map((line) => `  ${line}`);
const section = (title: string, lines: string[], style: Style): string[] =>
  lines.length === 0 ? [] : [`  ${style.dim(title)}`, ...indent(indent(lines))];
