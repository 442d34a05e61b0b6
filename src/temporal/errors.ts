/** No Temporal server can be had or started here. The message says what was tried and what to do: show it without a stack. */
export class TemporalServerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemporalServerError';
  }
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
