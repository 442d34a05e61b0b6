/** What the Temporal UI shows of a service: search attributes, and details in Markdown (under 4 KB, the last line is a footer). */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { StatusDocument } from '../contract.ts';
import type { Service } from '../core/record.ts';
import { statusOf } from '../core/status.ts';

const MAX_DETAILS = 3_600;
const MARKS = { done: '✅', failed: '❌', running: '▶️', skipped: '⏭️' } as const;

/** Upserts only when something of it has changed: every upsert is an event. */
export function attributesPresenter(): (service: Service) => void {
  let shown = '';
  return (service) => {
    const status = statusOf(service);
    const attributes = {
      CutoverService: [service.service],
      ...(status && {
        CutoverVersion: [status.version],
        CutoverColor: status.color ? [status.color] : [],
        CutoverPhase: [status.phase],
        CutoverOutcome: status.outcome ? [status.outcome] : [],
      }),
    };
    const now = JSON.stringify(attributes);
    if (now === shown) return;
    shown = now;
    upsertSearchAttributes(attributes);
  };
}

export function showDetails(service: Service): void {
  const status = statusOf(service);
  setCurrentDetails(status ? details(status) : `**${service.service}** has never been deployed.\n\n_cutover_`);
}

function details(status: StatusDocument): string {
  const lines = [
    `**${status.phase}** · ${status.service} ${status.version}${status.outcome ? ` · **${status.outcome}**` : ''}`,
    '',
    ...(status.reason ? [`> ${oneLine(status.reason)}`, ''] : []),
    `users are on **${status.liveColor ?? 'nothing'}** · this version is on **${status.color ?? '?'}** · before: ${status.previousVersion ?? '–'} on ${status.previousColor ?? '–'}`,
    ...(status.until ? ['', `until ${status.until}`] : []),
    ...answers(status),
    '',
    '| step | | detail |',
    '| --- | --- | --- |',
    ...status.steps.slice(-12).map((step) => `| ${step.name} | ${MARKS[step.state]} | ${oneLine(step.detail ?? '')} |`),
    ...tests(status),
    ...checks(status),
    ...(status.queue.length > 0 ? ['', `waiting: ${status.queue.map(({ version }) => version).join(', ')}`] : []),
    '',
    `_${status.deploymentId}, asked for by ${oneLine(status.requestedBy)}_`,
  ];
  const text = lines.join('\n');
  return text.length <= MAX_DETAILS ? text : `${text.slice(0, MAX_DETAILS)}…\n\n_cut_`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 240);

/** What a person can do now, as the command and as what to send from the UI. */
function answers(status: StatusDocument): string[] {
  if (status.actions.length === 0) return [];
  const commands = status.actions.map((action) => {
    const [name, ...flags] = action.split(' ');
    return `\`cutover ${[name, status.service, ...flags].join(' ')}\``;
  });
  return ['', `**You can:** ${commands.join(' · ')} (or send the update of that name with \`{"by": "you"}\`)`];
}

const tests = ({ smokeTests }: StatusDocument): string[] =>
  smokeTests.length === 0
    ? []
    : ['', ...smokeTests.map(({ name, passed, detail }) => `- ${passed ? '✅' : '❌'} ${name}: ${oneLine(detail)}`)];

function checks({ monitor }: StatusDocument): string[] {
  if (!monitor || monitor.checks.length === 0) return [];
  const rows = monitor.checks.map((check) => {
    const bounds = [check.max === undefined ? '' : `≤ ${check.max}`, check.min === undefined ? '' : `≥ ${check.min}`]
      .filter(Boolean)
      .join(', ');
    return `| ${check.name} | ${check.value ?? 'no data'} | ${bounds} | ${check.samples} | ${check.failures} | ${check.noData} |`;
  });
  return ['', '| check | value | bound | samples | failed | no data |', '| --- | --- | --- | --- | --- | --- |', ...rows];
}
