/** `cutover dev` cannot do its work here; the message says why and what to do. Exit status 1. */
export class DevError extends Error {
  override name = 'DevError';
}

/** The state of this machine does not allow it. Exit status 3. */
export class DevRefused extends Error {
  override name = 'Refused';
}
