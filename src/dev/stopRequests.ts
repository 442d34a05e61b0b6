const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface StopRequests {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed). */
  asked: AbortSignal;
  /** Aborts at the second: whoever asks again has waited long enough. */
  hard: AbortSignal;
}

export function stopRequests(): StopRequests {
  const asked = new AbortController();
  const hard = new AbortController();
  const onSignal = (): void => (asked.signal.aborted ? hard : asked).abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { asked: asked.signal, hard: hard.signal };
}

export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
