import type { Phase, StatusDocument } from '../../contract.ts';
import type { Style } from './style.ts';

const SENTENCES: Record<Phase, (status: StatusDocument) => string> = {
  queued: () => 'waits for its turn',
  deploying: (status) => `is brought up${on(status.color)}`,
  testing: (status) => `is tested${on(status.color)}, before any user sees it`,
  'awaiting-approval': () => 'waits for approval',
  'awaiting-window': () => 'waits for the switch window',
  switching: (status) => `users are sent to ${status.color ?? 'it'}`,
  monitoring: () => 'is live and watched',
  retaining: (status) => `is live; ${status.previousVersion ?? 'the old version'} is kept for an instant rollback`,
  decommissioning: (status) =>
    `is ${status.outcome === 'succeeded' ? 'live' : 'over'}; ${leftover(status) ?? 'what is left'} is taken down`,
  ended: () => 'is over',
  'rolling-back': (status) => `users are sent back to ${status.previousVersion ?? 'the old version'}`,
  'needs-intervention': () => 'needs a person',
};

/** The color that nobody needs any more. */
const leftover = (status: StatusDocument): string | null => (status.outcome === 'succeeded' ? status.previousColor : status.color);

const on = (color: string | null): string => (color === null ? '' : ` on ${color}`);

/** What goes on, in words. */
export const phaseSentence = (status: StatusDocument): string => SENTENCES[status.phase](status);

/** The phase, or the outcome once it is known, in the color that says how good that is. */
export function phaseWord(status: StatusDocument, style: Style): string {
  if (status.phase === 'needs-intervention') return style.bold(style.red(status.phase));
  if (status.outcome === null) return style.bold(style.cyan(status.phase));
  const word = status.phase === 'ended' ? status.outcome : `${status.outcome} (${status.phase})`;
  return style.bold(status.outcome === 'succeeded' ? style.green(word) : style.red(word));
}

/** The commands that a person can give now. */
export function possibleCommands(status: StatusDocument): string[] {
  return status.actions.flatMap((action) => {
    if (action === 'resolve') return ['--adopt', '--restore', '--retry'].map((how) => `cutover resolve ${status.service} ${how}`);
    return [`cutover ${action} ${status.service}${action === 'extend' ? ' 10m' : ''}`];
  });
}
