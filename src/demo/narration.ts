/** A deployment's status, told to somebody who sees one for the first time. */
import { phaseSentence } from '../cli/render/phases.ts';
import { sparkline } from '../cli/render/sparkline.ts';
import type { Style } from '../cli/render/style.ts';
import { left } from '../cli/render/time.ts';
import type { CheckStatus, StatusDocument, StepStatus } from '../contract.ts';

type Sentence = (status: StatusDocument, step: StepStatus) => string;

const SENTENCES: Record<string, Sentence> = {
  attach: ({ color }) => `${color} is known to the load balancer, with weight 0: its health is checked, and nobody is sent there`,
  'await-ready': ({ color }, { detail }) => `healthy by the load balancer's own checks: ${detail ?? color}`,
  settle: ({ liveColor }) => `the load balancer is left with ${liveColor} alone`,
  deploy: ({ version, color }) => `${version} runs on ${color} and is ready; no user sees it yet`,
  test: ({ smokeTests }) => `tested past the router: ${smokeTests.map(({ name }) => name).join(', ')} passed; a wrong build would end here`,
  switch: ({ version, color, previousVersion }) =>
    previousVersion === null
      ? `users are sent to ${color}`
      : `the switch: from now on new requests go to ${color} (${version}); what is open on ${previousVersion} ends there`,
  confirm: ({ version }) => `confirmed at the users' own address: every answer is from ${version}`,
  monitor: (status, { state }) => {
    if (state === 'failed') return `${status.reason}: back by itself, nobody has to decide anything`;
    return `watched under real traffic: error rate ${worst(status)} at most, ${samples(status)} samples`;
  },
  'switch-back': ({ color, previousColor, previousVersion }) =>
    `users are sent back from ${color} to ${previousColor} (${previousVersion}), which was kept for this`,
  'confirm-back': ({ previousVersion }) => `confirmed: every answer is from ${previousVersion} again`,
  'drain-old': ({ previousVersion }, step) => drained(previousVersion, step),
  'drain-new': ({ version }, step) => drained(version, step),
  'remove-new': ({ version, color }) => `${version} is taken down; ${color} is free for the next try`,
};

/** Not every router can count what is open. */
const drained = (version: string | null, { detail }: StepStatus): string =>
  detail === 'no open connections' ? `the last open requests of ${version} have ended; none was cut` : `${version}: ${detail}`;

/** What has happened since the reading before: one sentence each. */
export function news(before: StatusDocument | null, now: StatusDocument, style: Style): string[] {
  return now.steps.flatMap((step, index) => {
    const fresh = step.endedAt !== null && (before?.steps[index]?.endedAt ?? null) === null;
    const sentence = fresh ? SENTENCES[step.name]?.(now, step) : undefined;
    if (sentence === undefined) return [];
    return step.state === 'failed' ? [style.red(`✗ ${sentence}`)] : [`${style.green('✔')} ${sentence}`];
  });
}

/** What goes on now, in a few words. */
export function doing(status: StatusDocument): string {
  const checks = status.phase === 'monitoring' ? (status.monitor?.checks ?? []) : [];
  const bars = checks.map((check) => `${check.name} ${percent(check.value)} ${sparkline(check.values, check.max)}`.trimEnd());
  const remaining = status.phase === 'monitoring' ? left(status.monitor?.endsAt ?? null, Date.now()) : '';
  return [`${status.version} ${phaseSentence(status)}`, ...bars, remaining].filter((part) => part !== '').join(', ');
}

const errorRate = ({ monitor }: StatusDocument): CheckStatus | undefined => monitor?.checks[0];
const samples = (status: StatusDocument): number => errorRate(status)?.samples ?? 0;
const worst = (status: StatusDocument): string => percent(Math.max(0, ...(errorRate(status)?.values ?? []).map((value) => value ?? 0)));
const percent = (share: number | null): string => (share === null ? 'not known yet' : `${Number((share * 100).toFixed(1))}%`);
