/** Resolves at the first SIGINT or SIGTERM: how a command that runs in the foreground is asked to stop. */
export const untilStopped = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
