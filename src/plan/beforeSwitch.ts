import { formatDuration } from '../core/duration.ts';
import { checksHealth, isPrepared, type Plan, type SmokeTest, type SwitchWindow } from '../core/plan.ts';
import { isOpen, opensAt } from '../core/window.ts';
import type { PlannedStep, Situation } from './description.ts';

const WEEKDAYS = 7;

/** The steps that users notice nothing of. */
export function beforeSwitch(plan: Plan, situation: Situation): PlannedStep[] {
  const idle = situation.to ?? 'the idle color';
  return [
    ...(isPrepared(plan) ? [attach(plan, idle)] : []),
    deploy(plan, situation, idle),
    ...(checksHealth(plan) ? [awaitReady(plan, situation, idle)] : []),
    test(plan, idle),
    ...(plan.warmup ? [warmUp(plan.warmup, idle)] : []),
    ...(plan.approval.required ? [approval(plan.approval)] : []),
    ...(plan.switch.window ? [awaitWindow(plan.switch.window, situation)] : []),
  ];
}

const attach = ({ router }: Plan, idle: string): PlannedStep => ({
  name: 'attach',
  text: `have the health of ${idle} checked (${router.type}), without sending it any user`,
  details: [],
});

function awaitReady({ router: { type, healthTimeoutMs = 0 } }: Plan, { from }: Situation, idle: string): PlannedStep {
  const wanted = from ? `as many as ${from.color} has healthy` : 'as many as are wanted';
  const details = [`gives up after ${formatDuration(healthTimeoutMs)}, with a reason for each that is not healthy`];
  return { name: 'await-ready', text: `wait until ${type} sees ${idle} healthy: ${wanted}`, details };
}

function deploy(plan: Plan, { observed, to, from }: Situation, idle: string): PlannedStep {
  const there = observed && to ? observed[to] : null;
  const details = [`gives up after ${formatDuration(plan.environment.deployTimeoutMs)}; users are not touched by that`];
  if (there && there.capacity > 0) {
    const drain =
      plan.switch.drainMs > 0 && from ? `, after its last connections are gone (at most ${formatDuration(plan.switch.drainMs)})` : '';
    const state = there.ready > 0 ? 'still runs' : `is not ready${there.detail ? ` (${there.detail})` : ''}`;
    details.unshift(`takes over ${idle}, where ${there.version ?? 'an unknown version'} ${state}${drain}`);
  }
  if (from && from.capacity > 1) details.unshift(`${from.capacity} copies, as many as ${from.color} has`);
  return { name: 'deploy', text: `deploy ${plan.version} to ${idle} (${plan.environment.type}) and wait until it is ready`, details };
}

function test({ identity, smokeTests, version }: Plan, idle: string): PlannedStep {
  const own = identity ? [`identity: ${whereIdentityIs(identity)} says ${version}`] : [];
  const details = [...own, ...smokeTests.map(smokeTest)];
  if (details.length === 0) return { name: 'test', text: 'smoke tests: none', details };
  return { name: 'test', text: `smoke tests of ${idle}, in parallel`, details };
}

function whereIdentityIs({ path, json, header }: NonNullable<Plan['identity']>): string {
  return `${header === undefined ? `field ${json}` : `header ${header}`} of ${path}`;
}

function smokeTest({ name, method, path, expect, retries }: SmokeTest): string {
  const wanted = [
    expect.status === null ? '2xx' : String(expect.status),
    ...(expect.json === null ? [] : [`json ${JSON.stringify(expect.json)}`]),
    ...(expect.text === null ? [] : [`text ${JSON.stringify(expect.text)}`]),
  ];
  const again = retries > 0 ? `, up to ${retries + 1} tries` : '';
  return `${name}: ${method} ${path} answers ${wanted.join(' with ')}${again}`;
}

function warmUp({ path, requests, concurrency }: NonNullable<Plan['warmup']>, idle: string): PlannedStep {
  return { name: 'warm-up', text: `warm up ${idle}: ${requests} requests of ${path}, ${concurrency} at a time`, details: [] };
}

function approval({ timeoutMs, onTimeout }: Plan['approval']): PlannedStep {
  const unanswered = `without an answer in ${formatDuration(timeoutMs)} it is ${onTimeout === 'approve' ? 'approved' : 'rejected'}`;
  return { name: 'await-approval', text: `wait for a person's approval`, details: [unanswered] };
}

function awaitWindow(window: SwitchWindow, { observed }: Situation): PlannedStep {
  const days = window.days.length === WEEKDAYS ? 'every day' : window.days.join(', ');
  const text = `wait for the switch window: ${days} from ${window.from} to ${window.to} (${window.timezone})`;
  return { name: 'await-window', text, details: observed ? [stateOf(window, Date.parse(observed.at))] : [] };
}

function stateOf(window: SwitchWindow, at: number): string {
  if (isOpen(window, at)) return 'open now';
  return `closed now, opens at ${new Date(opensAt(window, at)).toISOString().slice(0, 16)}Z`;
}
