/**
 * The names of failures that activities and the workflow agree on. They travel as the `type` of a Temporal
 * ApplicationFailure and are compared by name, never by message.
 */
export const FAILURES = {
  /** The options make no sense to the provider (a script that does not exist, an address that cannot be parsed). */
  InvalidConfiguration: { final: true },
  /** The system said that these credentials may not do it. The message names the missing right. */
  PermissionDenied: { final: true },
  /** Something the service file names does not exist. */
  NotFound: { final: true },
  /** The version could not be brought up: it exits, never becomes ready, its port is taken. */
  DeployFailed: { final: true },
  /** The router is not as expected: nothing was written. Details: [{ found: Routing }]. */
  Drift: { final: true },
  /** The color that is to receive users is not ready for them: nothing was written. Details: [{ wanted, healthy }], numbers of copies. */
  TargetNotReady: { final: true },
  /** A guard of our own: somebody asked to change or remove the color that users are on. */
  ColorIsLive: { final: true },
  /** The system does not answer, or answers with an error that may pass: tried again. */
  Unavailable: { final: false },
} as const;

export type FailureType = keyof typeof FAILURES;

export const FINAL_FAILURES: FailureType[] = (Object.keys(FAILURES) as FailureType[]).filter((type) => FAILURES[type].final);

/** What providers throw. `details` is plain JSON for whoever handles the failure by its type. */
export class Failure extends Error {
  constructor(
    readonly type: FailureType,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
    this.name = type;
  }
}
