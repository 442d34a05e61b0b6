/** The steps of a deployment and of a way back, each with the request that the worker makes in the middle of it. */
import type { StatusDocument } from '../../../src/contract.ts';
import type { Color } from '../../../src/core/plan.ts';
import type { Matcher } from './faults.ts';
import { slowVersion } from './pods.ts';
import type { Truth } from './shopInUse.ts';
import { labelsIn } from './shopRequests.ts';

/** What is held: a request to the API server (before or after it is carried out), an answer to users or testers, or nothing but a clock. */
export type Held =
  | { request: Matcher; carriedOut?: true /** Only from the first request that fits this. */; since?: Matcher }
  | { answer: Color | 'front' }
  | { clock: string };

export interface StepCase {
  /** In letters and hyphens: the name of its shop, too. */
  step: string;
  /** How far it is when it begins: live and idle as ever, deployed and watched, deployed and retained. */
  from?: 'watched' | 'retained';
  held: (name: string) => Held;
  version?: string;
  file?: Record<string, unknown>;
  ends: Partial<StatusDocument>;
  truth: Truth;
}

const once = { blue: 1, green: 2 };
const deployed = {
  ends: { outcome: 'succeeded', phase: 'retaining', liveColor: 'green' },
  truth: { selects: 'green', replicas: { blue: 1, green: 2 }, rollouts: once },
} satisfies Partial<StepCase>;
const cleanedUp = {
  file: { retention: { duration: '100ms' } },
  ends: { outcome: 'succeeded', phase: 'ended', liveColor: 'green' },
  truth: { selects: 'green', replicas: { blue: 0, green: 2 }, rollouts: once },
} satisfies Partial<StepCase>;
const back = {
  ends: { outcome: 'rolled-back', phase: 'ended', liveColor: 'blue', previousVersion: '1.0' },
  truth: { selects: 'blue', replicas: { blue: 2, green: 0 }, rollouts: once },
} satisfies Partial<StepCase>;

const readService = (name: string): Matcher => ({ verb: 'get', resource: 'services', name });
const patchService = (name: string): Matcher => ({ verb: 'patch', resource: 'services', name });
const patchDeployment = (name: string, color: Color): Matcher => ({ verb: 'patch', resource: 'deployments', name: `${name}-${color}` });
const remove = (name: string, color: Color): Matcher => ({
  ...patchDeployment(name, color),
  when: ({ body }) => body.includes('"replicas":0') && !body.includes('image'),
});
const listed = (resource: string, labels: string): Matcher => ({
  verb: 'list',
  resource,
  when: (request) => labelsIn(request).startsWith(labels),
});
/** As the router asks whether enough are ready. */
const listPods = (name: string): Matcher => listed('pods', `app=${name},color in `);
const listEndpoints = (name: string): Matcher => listed('endpointslices', `kubernetes.io/service-name in (${name})`);

const WATCHED = { monitor: { duration: '25s', interval: '1s' } };
const RETAINED = { retention: { duration: '25s' } };

/** What a clock moves on comes last: it has to be there still when the others are. */
export const STEPS: StepCase[] = [
  { step: 'observe', held: (name) => ({ request: readService(name) }), ...deployed },
  { step: 'attach', held: (name) => ({ request: patchService(`${name}-preview`) }), ...deployed },
  { step: 'deploy', held: (name) => ({ request: patchDeployment(name, 'green') }), ...deployed },
  { step: 'deploy-done', held: (name) => ({ request: patchDeployment(name, 'green'), carriedOut: true }), ...deployed },
  { step: 'ready-asked', held: (name) => ({ request: listPods(name), since: patchDeployment(name, 'green') }), ...deployed },
  { step: 'test', held: () => ({ answer: 'green' }), ...deployed },
  { step: 'switch', held: (name) => ({ request: patchService(name) }), ...deployed },
  { step: 'switch-done', held: (name) => ({ request: patchService(name), carriedOut: true }), ...deployed },
  { step: 'spread', held: (name) => ({ request: listEndpoints(name) }), ...deployed },
  { step: 'confirm', held: () => ({ answer: 'front' }), ...deployed },
  { step: 'monitor-end', held: (name) => ({ request: readService(name), since: listEndpoints(name) }), ...deployed },
  { step: 'scale-down', held: (name) => ({ request: patchDeployment(name, 'blue') }), ...deployed },
  { step: 'remove-old', held: (name) => ({ request: remove(name, 'blue') }), ...cleanedUp },
  { step: 'settle', held: (name) => ({ request: readService(name), since: remove(name, 'blue') }), ...cleanedUp },
  { step: 'switch-back', from: 'watched', held: (name) => ({ request: patchService(name) }), ...back },
  { step: 'switch-back-done', from: 'watched', held: (name) => ({ request: patchService(name), carriedOut: true }), ...back },
  { step: 'spread-back', from: 'watched', held: (name) => ({ request: listEndpoints(name) }), ...back },
  { step: 'confirm-back', from: 'watched', held: () => ({ answer: 'front' }), ...back },
  { step: 'remove-new', from: 'watched', held: (name) => ({ request: remove(name, 'green') }), ...back },
  { step: 'settle-back', from: 'watched', held: (name) => ({ request: patchService(`${name}-preview`) }), ...back },
  { step: 'scale-up', from: 'retained', held: (name) => ({ request: patchDeployment(name, 'blue') }), ...back },
  { step: 'attach-back', from: 'retained', held: (name) => ({ request: patchService(`${name}-preview`) }), ...back },
  { step: 'await-back', from: 'retained', held: (name) => ({ request: listPods(name) }), ...back },
  { step: 'monitor', held: () => ({ clock: 'monitor' }), ...deployed, file: WATCHED },
  { step: 'retain', held: () => ({ clock: 'retain' }), ...cleanedUp, file: RETAINED },
  {
    step: 'pods-come-up',
    version: slowVersion(4_000),
    held: (name) => ({ request: { verb: 'get', resource: 'deployments', name: `${name}-green` }, since: patchDeployment(name, 'green') }),
    ...deployed,
  },
];

export const stepsNamed = (...names: string[]): StepCase[] =>
  names.map((name) => {
    const found = STEPS.find(({ step }) => step === name);
    if (!found) throw new Error(`no step is called ${name}`);
    return found;
  });
