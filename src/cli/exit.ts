import type { Outcome, StatusDocument } from '../contract.ts';

/** The exit status of every command. Public: pipelines branch on it. */
export const EXIT = {
  done: 0,
  /** A bug, or the Temporal server cannot be reached. */
  unexpected: 1,
  /** The command line or the service file is wrong. */
  usage: 2,
  /** The state does not allow it. */
  refused: 3,
  /** Ended before the switch; users were never touched. */
  endedBeforeSwitch: 4,
  rolledBack: 5,
  /** Waits for a person. */
  needsIntervention: 6,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_OUTCOME: Record<Outcome, ExitCode> = {
  succeeded: EXIT.done,
  rejected: EXIT.endedBeforeSwitch,
  aborted: EXIT.endedBeforeSwitch,
  superseded: EXIT.endedBeforeSwitch,
  failed: EXIT.endedBeforeSwitch,
  'rolled-back': EXIT.rolledBack,
};

/** The exit status that a deployment has come to; null while it goes on. */
export function exitOf(status: Pick<StatusDocument, 'phase' | 'outcome'>): ExitCode | null {
  if (status.phase === 'needs-intervention') return EXIT.needsIntervention;
  return status.outcome === null ? null : BY_OUTCOME[status.outcome];
}
