const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof UNITS;

/** What a written duration looks like: a whole number and its unit. Nine digits keep every sum of durations a valid date. */
export const DURATION_PATTERN = /^(\d{1,9})(ms|s|m|h)$/;

/** Node's timers (AbortSignal.timeout too) take a longer time for none at all. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `500ms`, `30s`, `10m`, `24h` in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = DURATION_PATTERN.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as Unit] : null;
}

/** Milliseconds in the largest unit that says them exactly, so that `parseDuration` reads back the same. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  const unit = (['h', 'm', 's'] as const).find((candidate) => whole !== 0 && whole % UNITS[candidate] === 0);
  if (unit) return `${whole / UNITS[unit]}${unit}`;
  return whole === 0 ? '0s' : `${whole}ms`;
}
