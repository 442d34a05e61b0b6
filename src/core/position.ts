/** Where a deployment is: what people call it, and what can still be done from there. */
import type { Phase } from '../contract.ts';
import type { State, StepName } from './state.ts';

const PHASES: Record<StepName, Phase> = {
  observe: 'deploying',
  'drain-idle': 'deploying',
  attach: 'deploying',
  deploy: 'deploying',
  'await-ready': 'deploying',
  test: 'testing',
  'warm-up': 'testing',
  'await-approval': 'awaiting-approval',
  'await-window': 'awaiting-window',
  'scale-new': 'switching',
  switch: 'switching',
  spread: 'switching',
  'read-back': 'switching',
  confirm: 'switching',
  monitor: 'monitoring',
  'drain-old': 'retaining',
  'scale-down': 'retaining',
  retain: 'retaining',
  'remove-old': 'decommissioning',
  'scale-up': 'rolling-back',
  revive: 'rolling-back',
  'attach-back': 'rolling-back',
  'await-back': 'rolling-back',
  'switch-back': 'rolling-back',
  'spread-back': 'rolling-back',
  'confirm-back': 'rolling-back',
  'make-whole': 'decommissioning',
  'drain-new': 'decommissioning',
  'remove-new': 'decommissioning',
  settle: 'decommissioning',
  blocked: 'needs-intervention',
  adopt: 'needs-intervention',
  restore: 'needs-intervention',
  'look-again': 'needs-intervention',
  ended: 'ended',
};

/** What is awaited once more at the switch is being switched: phases go one way. */
export const phaseOf = ({ step }: State): Phase =>
  step.name === 'await-ready' && step.then === 'switch' ? 'switching' : PHASES[step.name];

const BEFORE_SWITCH: StepName[] = [
  'observe',
  'drain-idle',
  'attach',
  'deploy',
  'await-ready',
  'scale-new',
  'test',
  'warm-up',
  'await-approval',
  'await-window',
];

/** On the way back, and not asked about it. */
export const isGoingBack = ({ step }: State): boolean => PHASES[step.name] === 'rolling-back';

/** Users were not moved to the new color, and nothing is under way that might. */
export const isBeforeSwitch = (state: State): boolean =>
  BEFORE_SWITCH.includes(state.step.name) ||
  ('problem' in state.step &&
    state.step.resume === 'switch' &&
    state.switchedAt === null &&
    // A write of which nobody knows whether it happened may have moved users.
    state.step.problem.kind !== 'unknown');

/** Users are, or may be, on the new color, and the old one can take them back. */
export const canGoBack = (state: State): boolean =>
  state.from !== null &&
  (['switch', 'read-back', 'spread', 'confirm', 'monitor', 'drain-old', 'retain', 'scale-down'].includes(state.step.name) ||
    ('problem' in state.step && !isBeforeSwitch(state)) ||
    (state.step.name === 'ended' && state.outcome === 'succeeded' && state.oldCapacity > 0));
