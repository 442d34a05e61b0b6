/** The AWS emulator cannot be had or started here. The message says why and what to do: show it without a stack. */
export class EmulatorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EmulatorError';
  }
}
