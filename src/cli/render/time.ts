/** `850ms`, `12.3s`, `2m 05s`, `3h 04m`, `2d 01h`: as exact as a person needs. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)}s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return pair(seconds, 60, 'm', 's');
  if (seconds < 86_400) return pair(Math.floor(seconds / 60), 60, 'h', 'm');
  return pair(Math.floor(seconds / 3_600), 24, 'd', 'h');
}

function pair(total: number, base: number, large: string, small: string): string {
  return `${Math.floor(total / base)}${large} ${String(total % base).padStart(2, '0')}${small}`;
}

/** The time between two instants (ISO), or from one until `now`. */
export const between = (from: string, to: string | null, now: number): string =>
  duration((to === null ? now : Date.parse(to)) - Date.parse(from));

/** `10:04:09`, by this machine's clock. */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `2026-01-31 10:04:09`, by this machine's clock. */
export function moment(iso: string): string {
  const date = new Date(iso);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return `${day} ${clock(date.getTime())}`;
}

/** `4m 10s left`, or '' when the time is not known or over. */
export function left(until: string | null, now: number): string {
  const ms = until === null ? 0 : Date.parse(until) - now;
  return ms > 0 ? `${duration(ms)} left` : '';
}
