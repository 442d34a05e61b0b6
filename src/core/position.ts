/** Where a deployment is: what people call it, and what can still be done from there. */
import type { Phase } from '../contract.ts';
import type { State, StepName } from './state.ts';

const PHASES: Record<StepName, Phase> = {
  observe: 'deploying',
  'drain-idle': 'deploying',
  deploy: 'deploying',
  test: 'testing',
  'warm-up': 'testing',
  'await-approval': 'awaiting-approval',
  'await-window': 'awaiting-window',
  switch: 'switching',
  'read-back': 'switching',
  confirm: 'switching',
  monitor: 'monitoring',
  'drain-old': 'retaining',
  'scale-down': 'retaining',
  retain: 'retaining',
  'remove-old': 'decommissioning',
  'scale-up': 'rolling-back',
  revive: 'rolling-back',
  'switch-back': 'rolling-back',
  'confirm-back': 'rolling-back',
  'drain-new': 'decommissioning',
  'remove-new': 'decommissioning',
  blocked: 'needs-intervention',
  adopt: 'needs-intervention',
  restore: 'needs-intervention',
  'look-again': 'needs-intervention',
  ended: 'ended',
};

export const phaseOf = (state: State): Phase => PHASES[state.step.name];

/** Users were not moved to the new color, and nothing is under way that might. */
export const isBeforeSwitch = (state: State): boolean =>
  ['observe', 'drain-idle', 'deploy', 'test', 'warm-up', 'await-approval', 'await-window'].includes(state.step.name) ||
  ('problem' in state.step &&
    state.step.resume === 'switch' &&
    state.switchedAt === null &&
    // A write of which nobody knows whether it happened may have moved users.
    state.step.problem.kind !== 'unknown');

/** Users are, or may be, on the new color, and the old one can take them back. */
export const canGoBack = (state: State): boolean =>
  state.from !== null &&
  (['switch', 'read-back', 'confirm', 'monitor', 'drain-old', 'retain', 'scale-down'].includes(state.step.name) ||
    ('problem' in state.step && !isBeforeSwitch(state)) ||
    (state.step.name === 'ended' && state.outcome === 'succeeded' && state.oldCapacity > 0));
